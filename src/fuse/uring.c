/*
 * FUSE over io_uring (Linux 6.14): a queue per CPU, each served by a thread
 * pinned to that CPU, so that answering a request wakes nobody elsewhere.
 *
 * Every entry of a queue has a header and a payload buffer registered with
 * the kernel, which fills in a request and completes the entry's command; we
 * write the answer into the same memory and hand the entry back with the
 * command that commits it and fetches the next request, in one system call.
 *
 * The kernel counts possible CPUs and uses the rings only once every queue
 * has an entry, so queues of CPUs that are not online are registered too, by
 * the threads that are there.
 */
#include "fuse/internal.h"

#include <errno.h>
#include <liburing.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "util/log.h"

/* Requests that one CPU may have under way before they queue up. */
#define DEPTH 8
/* The same for a CPU that is not there, but might come. */
#define DEPTH_OFFLINE 1

struct uring_entry {
	struct kfuse_uring_req_header header;
	struct iovec iov[2];
	uint16_t queue;
	bool registered; /* the kernel has taken it once */
};

struct uring {
	struct io_uring ring;
	struct uring_entry *entries;
	unsigned int n_entries;
	char *payloads;
	size_t payload_size;
	size_t payloads_size;
	unsigned int cpu;
	unsigned int in_kernel; /* entries whose command is under way */
};

static unsigned int read_cpu_list_max(const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned int low, high, max = 0;
	char sep;

	if (!file)
		return 0;
	/* "0-3,8-11": the last number is the highest. */
	while (fscanf(file, "%u", &low) == 1) {
		max = low;
		if (fscanf(file, "%c", &sep) != 1)
			break;
		if (sep == '-') {
			if (fscanf(file, "%u", &high) == 1)
				max = high;
			if (fscanf(file, "%c", &sep) != 1)
				break;
		}
		if (sep != ',')
			break;
	}
	fclose(file);
	return max + 1;
}

unsigned int kfuse_uring_cpus_possible(void)
{
	unsigned int n = read_cpu_list_max("/sys/devices/system/cpu/possible");

	return n ? n : (unsigned int)sysconf(_SC_NPROCESSORS_CONF);
}

unsigned int kfuse_uring_cpus_usable(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return (unsigned int)CPU_COUNT(&set);
}

/* The @number-th CPU that this process may run on, or @number itself. */
static unsigned int cpu_of_worker(unsigned int number)
{
	cpu_set_t set;
	unsigned int seen = 0;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return number;
	for (unsigned int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &set) && seen++ == number)
			return cpu;
	return number;
}

/* Whether worker @number is the one that serves @queue. */
static bool serves(
	const struct kfuse_worker *worker, unsigned int cpu, unsigned int queue)
{
	unsigned int n = worker->session->n_queues;

	if (queue == cpu)
		return true;
	/* A queue of no worker's CPU goes round among them. */
	for (unsigned int i = 0; i < n; i++)
		if (cpu_of_worker(i) == queue)
			return false;
	return n && queue % n == worker->number;
}

static struct io_uring_sqe *command(
	struct uring *uring, struct uring_entry *entry, int fd, uint32_t op)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&uring->ring);
	struct kfuse_uring_cmd_req *cmd;

	if (!sqe) {
		/* One slot an entry: only full when none was submitted. */
		io_uring_submit(&uring->ring);
		sqe = io_uring_get_sqe(&uring->ring);
		if (!sqe)
			return NULL;
	}
	memset(sqe, 0, 128);
	sqe->opcode = IORING_OP_URING_CMD;
	sqe->fd = fd;
	sqe->cmd_op = op;
	io_uring_sqe_set_data(sqe, entry);
	cmd = (struct kfuse_uring_cmd_req *)sqe->cmd;
	cmd->qid = entry->queue;
	uring->in_kernel++;
	return sqe;
}

static int register_entry(
	struct kfuse_worker *worker, struct uring_entry *entry)
{
	struct uring *uring = worker->ring;
	size_t index = (size_t)(entry - uring->entries);
	struct io_uring_sqe *sqe = command(
		uring, entry, worker->session->fd, KFUSE_URING_CMD_REGISTER);

	if (!sqe)
		return -EBUSY;
	entry->iov[0] = (struct iovec){ &entry->header, sizeof(entry->header) };
	entry->iov[1] = (struct iovec){
		uring->payloads + index * uring->payload_size,
		uring->payload_size,
	};
	sqe->addr = (uintptr_t)entry->iov;
	sqe->len = 2;
	return 0;
}

static void uring_reply(struct kfuse_request *req, int error)
{
	struct uring_entry *entry = req->transport;
	struct uring *uring = req->worker->ring;
	struct fuse_out_header header = {
		.len = (uint32_t)(sizeof(header) + req->out_len),
		.error = error,
		.unique = req->in.unique,
	};
	struct io_uring_sqe *sqe;

	memcpy(entry->header.in_out, &header, sizeof(header));
	entry->header.ent.payload_sz = (uint32_t)req->out_len;
	sqe = command(uring, entry, req->session->fd,
		KFUSE_URING_CMD_COMMIT_AND_FETCH);
	if (!sqe) {
		log_error("no room in the ring for a reply");
		return;
	}
	((struct kfuse_uring_cmd_req *)sqe->cmd)->commit_id =
		entry->header.ent.commit_id;
}

const struct kfuse_transport_ops kfuse_uring_ops = {
	.name = "uring",
	.reply = uring_reply,
};

static void serve(struct kfuse_worker *worker, struct uring_entry *entry)
{
	struct uring *uring = worker->ring;
	size_t index = (size_t)(entry - uring->entries);
	char *payload = uring->payloads + index * uring->payload_size;
	size_t len = entry->header.ent.payload_sz, ext;
	struct kfuse_request req = {
		.worker = worker,
		.session = worker->session,
		.arg = entry->header.op_in,
		.payload = payload,
		.out = payload,
		.out_max = uring->payload_size,
		.transport = entry,
	};

	memcpy(&req.in, entry->header.in_out, sizeof(req.in));
	if (len > uring->payload_size)
		len = uring->payload_size;
	ext = (size_t)req.in.total_extlen * 8;
	if (ext > len)
		ext = len;
	req.payload_len = len - ext;
	req.ext = payload + req.payload_len;
	req.ext_len = ext;
	kfuse_dispatch(&req);
}

int kfuse_uring_worker_init(
	struct kfuse_worker *worker, uint32_t payload, struct sb_error *err)
{
	unsigned int possible = kfuse_uring_cpus_possible();
	struct io_uring_params params = {
		.flags = IORING_SETUP_SQE128 | IORING_SETUP_SINGLE_ISSUER |
			 IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG |
			 IORING_SETUP_R_DISABLED,
	};
	struct uring *uring = calloc(1, sizeof(*uring));
	char text[128];
	int r;

	if (!uring)
		return -ENOMEM;
	uring->ring.ring_fd = -1;
	worker->ring = uring;
	worker->ops = &kfuse_uring_ops;
	worker->fd = -1;
	uring->cpu = cpu_of_worker(worker->number);
	uring->payload_size = payload;
	uring->entries =
		calloc((size_t)possible * DEPTH, sizeof(*uring->entries));
	if (!uring->entries)
		return -ENOMEM;
	for (unsigned int queue = 0; queue < possible; queue++) {
		unsigned int depth =
			queue == uring->cpu ? DEPTH : DEPTH_OFFLINE;

		if (!serves(worker, uring->cpu, queue))
			continue;
		for (unsigned int i = 0; i < depth; i++)
			uring->entries[uring->n_entries++].queue =
				(uint16_t)queue;
	}
	uring->payloads_size = uring->n_entries * uring->payload_size;
	/* Anonymous memory costs nothing until a page is first used. */
	uring->payloads = mmap(NULL, uring->payloads_size,
		PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (uring->payloads == MAP_FAILED) {
		uring->payloads = NULL;
		return -ENOMEM;
	}
	r = io_uring_queue_init_params(uring->n_entries, &uring->ring, &params);
	if (r) {
		uring->ring.ring_fd = -1;
		sb_error_set(err,
			"io_uring is not available: %s; check "
			"/proc/sys/kernel/io_uring_disabled",
			sb_error_os(text, sizeof(text), -r));
	}
	return r;
}

void kfuse_uring_worker_deinit(struct kfuse_worker *worker)
{
	struct uring *uring = worker->ring;

	if (!uring)
		return;
	if (uring->ring.ring_fd >= 0)
		io_uring_queue_exit(&uring->ring);
	if (uring->payloads)
		munmap(uring->payloads, uring->payloads_size);
	free(uring->entries);
	free(uring);
	worker->ring = NULL;
}

/* One completed command. Return: false once the connection is gone. */
static bool completed(
	struct kfuse_worker *worker, struct uring_entry *entry, int res)
{
	struct uring *uring = worker->ring;

	uring->in_kernel--;
	switch (res) {
	case 0:
		entry->registered = true;
		serve(worker, entry);
		return true;
	case -EINTR:
	case -EAGAIN:
		/* Before its first request an entry may be offered again. */
		if (!entry->registered)
			return register_entry(worker, entry) == 0;
		log_error("uring queue %u lost an entry: %s", entry->queue,
			strerror(-res));
		return true;
	case -ENOTCONN:
	case -ECANCELED:
	case -ENODEV:
		return false;
	default:
		log_error("uring queue %u: %s", entry->queue, strerror(-res));
		kfuse_session_end(worker->session, res);
		return false;
	}
}

static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		log_debug("could not run on CPU %u alone: %s", cpu,
			strerror(errno));
}

void *kfuse_uring_worker_run(void *arg)
{
	struct kfuse_worker *worker = arg;
	struct kfuse_session *session = worker->session;
	struct uring *uring = worker->ring;
	int r;

	caller_thread_init();
	pin(uring->cpu);
	/* The ring belongs to the thread that enables it. (liburing 2.3
	 * declares a function for this but doesn't export it.) */
	r = syscall(SYS_io_uring_register, uring->ring.ring_fd,
		    IORING_REGISTER_ENABLE_RINGS, NULL, 0) < 0
		    ? -errno
		    : 0;
	for (unsigned int i = 0; !r && i < uring->n_entries; i++)
		r = register_entry(worker, &uring->entries[i]);
	if (r) {
		log_error("uring queue %u could not start: %s", uring->cpu,
			strerror(-r));
		kfuse_session_end(session, r);
	}
	while (!r && uring->in_kernel &&
		!atomic_load_explicit(
			&session->stopping, memory_order_relaxed)) {
		struct io_uring_cqe *cqe;
		unsigned int head, n = 0;
		bool alive = true;

		r = io_uring_submit_and_wait(&uring->ring, 1);
		if (r < 0 && r != -EINTR && r != -EAGAIN && r != -EBUSY) {
			log_error(
				"uring queue %u: %s", uring->cpu, strerror(-r));
			kfuse_session_end(session, r);
			break;
		}
		r = 0;
		io_uring_for_each_cqe(&uring->ring, head, cqe)
		{
			struct uring_entry *entry = io_uring_cqe_get_data(cqe);

			if (!completed(worker, entry, cqe->res))
				alive = false;
			n++;
		}
		io_uring_cq_advance(&uring->ring, n);
		if (!alive && !uring->in_kernel)
			break;
	}
	atomic_store(&worker->done, true);
	return NULL;
}
