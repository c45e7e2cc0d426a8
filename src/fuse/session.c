/* One FUSE connection: see session.h. */
#include "fuse/session.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "fuse/internal.h"
#include "util/fd.h"
#include "util/log.h"

/* Readers of /dev/fuse; more only wake each other up. */
#define DEV_WORKERS_MAX 4

/* One descriptor for each file that the kernel knows. */
#define FD_RESERVE 65536

/* Interrupts a thread that sits in read(2) or in its ring. */
#define WAKE_SIGNAL SIGUSR2

static void wake_handler(int signal)
{
}

int kfuse_session_new(struct kfuse_session **sessionp, struct space *space,
	const struct kfuse_options *options, int fuse_fd, struct sb_error *err)
{
	struct kfuse_session *session = calloc(1, sizeof(*session));
	struct sigaction action = { .sa_handler = wake_handler };
	int r = -ENOMEM;

	if (!session)
		goto fail;
	fd_table_reserve(FD_RESERVE);
	session->space = space;
	session->options = *options;
	session->fd = -1; /* ours only once all else has succeeded */
	session->end_fd = -1;
	for (size_t i = 0; i < 64; i++)
		pthread_mutex_init(&session->inode_locks[i], NULL);
	r = slots_init(&session->inodes, sizeof(struct kfuse_inode));
	if (!r)
		r = slots_init(&session->handles, sizeof(struct kfuse_handle));
	if (r)
		goto fail;
	r = -ENOMEM;
	session->root = calloc(1, sizeof(*session->root));
	if (!session->root)
		goto fail;
	session->root->node = space_root(space);
	session->end_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (session->end_fd < 0) {
		r = -errno;
		goto fail;
	}
	sigaction(WAKE_SIGNAL, &action, NULL);
	session->fd = fuse_fd;
	*sessionp = session;
	return 0;
fail:
	sb_error_set(err, "Failed to set up the session: %s", strerror(-r));
	kfuse_session_free(session);
	return r;
}

int kfuse_session_end_fd(struct kfuse_session *session)
{
	return session->end_fd;
}

void kfuse_session_end(struct kfuse_session *session, int result)
{
	uint64_t one = 1;

	if (atomic_exchange(&session->ended, true))
		return;
	session->result = result;
	if (write(session->end_fd, &one, sizeof(one)) < 0)
		log_error("could not tell of the session's end: %s",
			strerror(errno));
}

/* Rings must exist before INIT says that we'll use them: see uring.c. */
static int make_uring_workers(
	struct kfuse_session *session, struct sb_error *err)
{
	unsigned int n = kfuse_uring_cpus_usable();
	int r;

	if (n > kfuse_uring_cpus_possible())
		n = kfuse_uring_cpus_possible();
	session->n_queues = n;
	/* One more for /dev/fuse. */
	session->workers = calloc(n + 1, sizeof(*session->workers));
	if (!session->workers)
		return -ENOMEM;
	session->n_workers = n + 1;
	for (unsigned int i = 0; i < n; i++) {
		session->workers[i].session = session;
		session->workers[i].number = i;
		r = kfuse_uring_worker_init(
			&session->workers[i], KFUSE_MAX_WRITE, err);
		if (r)
			return r;
	}
	session->workers[n].session = session;
	session->workers[n].number = n;
	session->workers[n].fd = -1;
	session->workers[n].ops = &kfuse_dev_ops;
	return 0;
}

static void drop_workers(struct kfuse_session *session)
{
	for (unsigned int i = 0; i < session->n_workers; i++) {
		kfuse_uring_worker_deinit(&session->workers[i]);
		kfuse_dev_worker_deinit(&session->workers[i]);
	}
	free(session->workers);
	session->workers = NULL;
	session->n_workers = 0;
	session->n_queues = 0;
}

static int make_dev_workers(struct kfuse_session *session)
{
	unsigned int n = kfuse_uring_cpus_usable();
	int r = 0;

	if (n < 2)
		n = 2; /* one that waits for the disk mustn't stop all */
	if (n > DEV_WORKERS_MAX)
		n = DEV_WORKERS_MAX;
	session->workers = calloc(n, sizeof(*session->workers));
	if (!session->workers)
		return -ENOMEM;
	session->n_workers = n;
	for (unsigned int i = 0; i < n; i++) {
		session->workers[i].session = session;
		session->workers[i].number = i;
		session->workers[i].fd = -1;
	}
	for (unsigned int i = 0; !r && i < n; i++)
		r = kfuse_dev_worker_init(&session->workers[i], i > 0);
	return r;
}

static int start_workers(struct kfuse_session *session)
{
	for (unsigned int i = 0; i < session->n_workers; i++) {
		struct kfuse_worker *worker = &session->workers[i];
		int r = pthread_create(&worker->thread, NULL,
			worker->ring ? kfuse_uring_worker_run
				     : kfuse_dev_worker_run,
			worker);

		if (r)
			return -r;
		worker->started = true;
	}
	return 0;
}

static int choose_transport(struct kfuse_session *session, struct sb_error *err)
{
	struct sb_error uring_err = { .text = "out of memory" };
	bool can_uring = false;
	int r;

	if (session->options.transport != KFUSE_TRANSPORT_DEV) {
		r = make_uring_workers(session, &uring_err);
		can_uring = !r;
		if (r && session->options.transport == KFUSE_TRANSPORT_URING) {
			sb_error_set(
				err, "--transport uring: %s", uring_err.text);
			return r;
		}
	}
	r = kfuse_init(session, can_uring, err);
	if (r)
		return r;
	if (session->features.uring)
		return kfuse_dev_worker_init(
			&session->workers[session->n_workers - 1], false);
	drop_workers(session);
	if (session->options.transport == KFUSE_TRANSPORT_URING) {
		sb_error_set(err,
			"--transport uring: the kernel doesn't offer FUSE "
			"over io_uring; Linux 6.14 or newer is needed, and "
			"'echo Y > /sys/module/fuse/parameters/enable_uring'");
		return -EOPNOTSUPP;
	}
	return make_dev_workers(session);
}

int kfuse_session_start(struct kfuse_session *session, struct sb_error *err)
{
	int r;

	r = choose_transport(session, err);
	if (r) {
		if (!err->text[0])
			sb_error_set(err, "Failed to start serving: %s",
				strerror(-r));
		return r;
	}
	space_set_events(session->space, &kfuse_events, session);
	r = kfuse_notifier_start(session);
	if (!r)
		r = start_workers(session);
	if (r) {
		sb_error_set(err, "Failed to start threads: %s", strerror(-r));
		return r;
	}
	snprintf(session->description, sizeof(session->description),
		"protocol=7.%u transport=%s queues=%u threads=%u "
		"passthrough=%s xattrs=%s",
		session->features.minor,
		session->features.uring ? "uring" : "dev", session->n_queues,
		session->n_workers,
		session->features.passthrough ? "yes" : "no",
		session->options.xattrs ? "yes" : "no");
	return 0;
}

const char *kfuse_session_describe(const struct kfuse_session *session)
{
	return session->description;
}

/*
 * Threads sit in system calls that only a signal ends; one that comes just
 * before the call is lost, hence the loop.
 */
static void join_workers(struct kfuse_session *session)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	for (unsigned int i = 0; i < session->n_workers; i++) {
		struct kfuse_worker *worker = &session->workers[i];

		if (!worker->started)
			continue;
		while (!atomic_load(&worker->done)) {
			pthread_kill(worker->thread, WAKE_SIGNAL);
			nanosleep(&pause, NULL);
		}
		pthread_join(worker->thread, NULL);
		worker->started = false;
	}
}

int kfuse_session_stop(struct kfuse_session *session)
{
	atomic_store(&session->stopping, true);
	join_workers(session);
	kfuse_notifier_stop(session);
	kfuse_session_end(session, 0);
	space_set_events(session->space, NULL, NULL);
	/* Rings hold on to the device: they go before it does. With its last
	 * descriptor the connection is aborted. */
	drop_workers(session);
	kfuse_handles_drop(session);
	kfuse_inodes_drop(session);
	if (session->fd >= 0) {
		close(session->fd);
		session->fd = -1;
	}
	return session->result;
}

struct kfuse_session *kfuse_session_free(struct kfuse_session *session)
{
	if (!session)
		return NULL;
	if (session->fd >= 0)
		kfuse_session_stop(session);
	if (session->end_fd >= 0)
		close(session->end_fd);
	if (session->inodes.item_size)
		slots_deinit(&session->inodes);
	if (session->handles.item_size)
		slots_deinit(&session->handles);
	for (size_t i = 0; i < 64; i++)
		pthread_mutex_destroy(&session->inode_locks[i]);
	free(session->root);
	free(session);
	return NULL;
}

void kfuse_session_print_counters(struct kfuse_session *session, FILE *out)
{
	uint64_t per_transport[2] = { 0 }, unknown = 0;

	fprintf(out, "sandboxfs counters: %s\n", session->description);
	fprintf(out, "%-20s %12s %12s\n", "operation", "requests", "errors");
	for (unsigned int op = 0; op < KFUSE_OPS; op++) {
		uint64_t requests = 0, errors = 0, n;

		for (unsigned int i = 0; i < session->n_workers; i++) {
			struct kfuse_worker *worker = &session->workers[i];

			n = atomic_load(&worker->counters.requests[op]);
			requests += n;
			per_transport[worker->ops == &kfuse_uring_ops] += n;
			errors += atomic_load(&worker->counters.errors[op]);
		}
		if (requests)
			fprintf(out, "%-20s %12lu %12lu\n", kfuse_ops[op].name,
				(unsigned long)requests, (unsigned long)errors);
	}
	for (unsigned int i = 0; i < session->n_workers; i++)
		unknown += atomic_load(&session->workers[i].counters.unknown);
	fprintf(out, "transport uring: %lu requests\n",
		(unsigned long)per_transport[1]);
	fprintf(out, "transport dev: %lu requests\n",
		(unsigned long)per_transport[0]);
	fprintf(out, "unknown operations: %lu\n", (unsigned long)unknown);
	fprintf(out, "inodes in use: %u, open handles: %u\n",
		session->inodes.n_used, session->handles.n_used);
	fflush(out);
}
