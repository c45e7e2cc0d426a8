/*
 * The classic transport: requests are read from /dev/fuse and replies written
 * back, by a few threads that each have a clone of the descriptor (a reply
 * must go to the one its request came from).
 *
 * With uring one such thread remains: FORGET and INTERRUPT only come here.
 */
#include "fuse/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "util/log.h"

/* Room for a header and an argument before the data of a WRITE. */
#define HEAD_SIZE 4096

int kfuse_dev_worker_init(struct kfuse_worker *worker, bool clone)
{
	uint32_t source = (uint32_t)worker->session->fd;
	size_t payload = worker->session->features.max_write;

	worker->ops = &kfuse_dev_ops;
	worker->fd = worker->session->fd;
	if (clone) {
		worker->fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
		if (worker->fd < 0)
			return -errno;
		if (ioctl(worker->fd, FUSE_DEV_IOC_CLONE, &source) < 0)
			return -errno;
	}
	if (payload < FUSE_MIN_READ_BUFFER)
		payload = FUSE_MIN_READ_BUFFER;
	worker->in_size = payload + HEAD_SIZE;
	worker->out_size = payload;
	if (posix_memalign((void **)&worker->in, 4096, worker->in_size) ||
		posix_memalign((void **)&worker->out, 4096, worker->out_size))
		return -ENOMEM;
	return 0;
}

void kfuse_dev_worker_deinit(struct kfuse_worker *worker)
{
	if (worker->fd >= 0 && worker->fd != worker->session->fd)
		close(worker->fd);
	free(worker->in);
	free(worker->out);
}

static void dev_reply(struct kfuse_request *req, int error)
{
	struct fuse_out_header header = {
		.len = (uint32_t)(sizeof(header) + req->out_len),
		.error = error,
		.unique = req->in.unique,
	};
	struct iovec iov[2] = {
		{ .iov_base = &header, .iov_len = sizeof(header) },
		{ .iov_base = req->out, .iov_len = req->out_len },
	};

	if (writev(req->worker->fd, iov, req->out_len ? 2 : 1) >= 0)
		return;
	/* ENOENT: the request was interrupted and nobody waits for it. */
	if (errno != ENOENT && errno != ENODEV)
		log_warn("reply to %s failed: %s",
			kfuse_ops[req->in.opcode % KFUSE_OPS].name ?: "request",
			strerror(errno));
}

const struct kfuse_transport_ops kfuse_dev_ops = {
	.name = "dev",
	.reply = dev_reply,
};

void *kfuse_dev_worker_run(void *arg)
{
	struct kfuse_worker *worker = arg;
	struct kfuse_session *session = worker->session;

	caller_thread_init();
	while (!atomic_load_explicit(
		&session->stopping, memory_order_relaxed)) {
		ssize_t n = read(worker->fd, worker->in, worker->in_size);

		if (n >= 0) {
			kfuse_dispatch_message(worker, worker->in, (size_t)n);
			continue;
		}
		switch (errno) {
		case EINTR:
		case EAGAIN:
		case ENOENT: /* interrupted before we got it */
			continue;
		case ENODEV: /* unmounted */
			kfuse_session_end(session, 0);
			goto out;
		default:
			/* ECONNABORTED and the like. */
			kfuse_session_end(session, -errno);
			goto out;
		}
	}
out:
	atomic_store(&worker->done, true);
	return NULL;
}
