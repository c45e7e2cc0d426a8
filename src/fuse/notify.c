/*
 * Telling the kernel what to forget.
 *
 * Names are dropped by whoever changed the layout, a thread that serves no
 * requests: the kernel waits for the parent folder's lock meanwhile, and
 * whoever holds that may be waiting for an answer of ours. Attributes can be
 * dropped from anywhere. Data pages may be locked by a reader that waits for
 * us, so dropping them is left to a thread of its own, as is giving back
 * inodes that nobody uses when descriptors run short.
 */
#include "fuse/internal.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "util/log.h"

#define PENDING_MAX 1024
/* So many inodes, then less than a quarter of them: memory is trimmed. */
#define TRIM_FROM 2048
/* The longest that a writer waits for a reader's pages to be dropped. */
#define DROP_WAIT_NS 50000000
#define PRUNE_BATCH  512

struct kfuse_notifier {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
	uint64_t pending[PENDING_MAX]; /* nodeids whose data changed */
	size_t n_pending;
	uint64_t asked; /* batches that were begun or will be */
	uint64_t done;  /* batches that are through */
	pthread_cond_t through;
	uint32_t prune_above; /* so many inodes in use */
	bool trim_asked;
	bool prune_asked;
	bool prune_failed;
};

static int notify(struct kfuse_session *session, int code, const void *arg,
	size_t arg_size, const void *data, size_t data_size)
{
	struct fuse_out_header header = {
		.len = (uint32_t)(sizeof(header) + arg_size + data_size),
		.error = code, /* with unique 0 it is a notification's code */
	};
	struct iovec iov[3] = {
		{ .iov_base = &header, .iov_len = sizeof(header) },
		{ .iov_base = (void *)arg, .iov_len = arg_size },
		{ .iov_base = (void *)data, .iov_len = data_size },
	};

	if (writev(session->fd, iov, 3) >= 0)
		return 0;
	/* ENOENT: the kernel doesn't have it, so nothing is to be dropped. */
	return errno == ENOENT ? 0 : -errno;
}

int kfuse_notify_entry(struct kfuse_session *session, uint64_t parent,
	const char *name, size_t len)
{
	struct fuse_notify_inval_entry_out out = {
		.parent = parent,
		.namelen = (uint32_t)len,
	};
	char terminated[256];

	if (len >= sizeof(terminated))
		return -ENAMETOOLONG;
	memcpy(terminated, name, len);
	terminated[len] = '\0';
	return notify(session, FUSE_NOTIFY_INVAL_ENTRY, &out, sizeof(out),
		terminated, len + 1);
}

int kfuse_notify_inode(
	struct kfuse_session *session, uint64_t nodeid, bool with_data)
{
	struct fuse_notify_inval_inode_out out = {
		.ino = nodeid,
		.off = with_data ? 0 : -1, /* below zero: attributes only */
	};

	return notify(
		session, FUSE_NOTIFY_INVAL_INODE, &out, sizeof(out), NULL, 0);
}

static void entry_changed(
	void *ctx, struct node *dir, const char *name, size_t len)
{
	struct kfuse_session *session = ctx;
	uint64_t nodeid = kfuse_node_id(session, dir);
	int r;

	if (!nodeid || atomic_load(&session->ended))
		return;
	r = kfuse_notify_entry(session, nodeid, name, len);
	/* A listing that the kernel has cached goes with its pages; a name
	 * that it didn't have would leave it as it is. */
	if (!r)
		r = kfuse_notify_inode(session, nodeid, true);
	if (r && r != -ENOTCONN && r != -ENODEV)
		log_warn("could not drop \"%.*s\" from the kernel's cache: %s",
			(int)len, name, strerror(-r));
}

static void directory_gone(void *ctx, struct node *dir)
{
	struct kfuse_session *session = ctx;
	uint64_t nodeid = kfuse_node_id(session, dir);
	struct kfuse_inode *inode;

	if (!nodeid || atomic_load(&session->ended))
		return;
	inode = kfuse_inode_get(session, nodeid);
	if (inode && atomic_load(&inode->n_open))
		kfuse_notify_inode(session, nodeid, true);
}

static void attr_changed(void *ctx, struct node *node)
{
	struct kfuse_session *session = ctx;
	uint64_t nodeid = kfuse_node_id(session, node);

	if (nodeid && !atomic_load(&session->ended))
		kfuse_notify_inode(session, nodeid, false);
}

/*
 * Has the notifier drop the pages of @nodeid and waits until it has: whoever
 * writes through the sibling is not to be told that it is done before others
 * can see it. Not for ever, though: the page may be locked by a reader whose
 * READ is next in the very queue of this thread. Then the pages go a moment
 * after the writer's answer.
 */
static void drop_pages(struct kfuse_notifier *notifier, uint64_t nodeid)
{
	struct timespec until;
	uint64_t batch;
	size_t i;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += DROP_WAIT_NS;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_mutex_lock(&notifier->lock);
	for (i = 0; i < notifier->n_pending; i++)
		if (notifier->pending[i] == nodeid)
			break;
	if (i == notifier->n_pending && i < PENDING_MAX)
		notifier->pending[notifier->n_pending++] = nodeid;
	batch = notifier->asked + 1;
	pthread_cond_signal(&notifier->wake);
	while (notifier->done < batch && !notifier->stop)
		if (pthread_cond_timedwait(
			    &notifier->through, &notifier->lock, &until))
			break;
	pthread_mutex_unlock(&notifier->lock);
}

static void data_changed(void *ctx, struct node *node)
{
	struct kfuse_session *session = ctx;
	uint64_t nodeid = kfuse_node_id(session, node);
	struct kfuse_inode *inode;

	if (!nodeid || atomic_load(&session->ended))
		return;
	kfuse_notify_inode(session, nodeid, false);
	if (session->features.passthrough || !session->notifier)
		return; /* its pages are the host file's own */
	inode = kfuse_inode_get(session, nodeid);
	if (inode && atomic_load(&inode->n_open))
		drop_pages(session->notifier, nodeid);
}

const struct space_events kfuse_events = {
	.entry_changed = entry_changed,
	.directory_gone = directory_gone,
	.attr_changed = attr_changed,
	.data_changed = data_changed,
};

/*
 * FORGETs come in bursts, late when the machine is busy, so that now and then
 * there are many more inodes than are needed at a time. What they leave behind
 * in the heap is in pieces, which free() keeps.
 */
void kfuse_notifier_check_memory(struct kfuse_session *session)
{
	struct kfuse_notifier *notifier = session->notifier;
	uint32_t most = atomic_load_explicit(
		&session->most_inodes, memory_order_relaxed);

	if (!notifier || most < TRIM_FROM || session->inodes.n_used > most / 4)
		return;
	if (!atomic_compare_exchange_strong(&session->most_inodes, &most, 0))
		return; /* somebody else asks */
	pthread_mutex_lock(&notifier->lock);
	notifier->trim_asked = true;
	pthread_cond_signal(&notifier->wake);
	pthread_mutex_unlock(&notifier->lock);
}

void kfuse_notifier_check(struct kfuse_session *session)
{
	struct kfuse_notifier *notifier = session->notifier;
	uint32_t used = session->inodes.n_used;

	if (used > atomic_load_explicit(
			   &session->most_inodes, memory_order_relaxed))
		atomic_store(&session->most_inodes, used);
	if (notifier && session->inodes.n_used > notifier->prune_above)
		kfuse_notifier_reclaim(session);
}

void kfuse_notifier_reclaim(struct kfuse_session *session)
{
	struct kfuse_notifier *notifier = session->notifier;

	if (!notifier)
		return;
	pthread_mutex_lock(&notifier->lock);
	if (!notifier->prune_asked && !notifier->prune_failed) {
		notifier->prune_asked = true;
		pthread_cond_signal(&notifier->wake);
	}
	pthread_mutex_unlock(&notifier->lock);
}

static int prune_batch(
	struct kfuse_session *session, const uint64_t *ids, uint32_t n)
{
	struct kfuse_notify_prune_out out = { .count = n };

	if (session->features.minor < 45)
		return -EOPNOTSUPP;
	return notify(session, KFUSE_NOTIFY_PRUNE, &out, sizeof(out), ids,
		n * sizeof(*ids));
}

/* Asks the kernel to let go of files that nobody has open. */
static int prune(struct kfuse_session *session)
{
	uint64_t ids[PRUNE_BATCH];
	uint32_t n = 0;
	int r = 0;

	for (uint32_t i = 2; !r && i < session->inodes.n_made; i++) {
		struct kfuse_inode *inode = slots_at(&session->inodes, i);

		if (!inode || atomic_load(&inode->n_open))
			continue;
		ids[n++] = slot_id(&inode->slot);
		if (n == PRUNE_BATCH) {
			r = prune_batch(session, ids, n);
			n = 0;
		}
	}
	if (!r && n)
		r = prune_batch(session, ids, n);
	return r;
}

static void *notifier_run(void *arg)
{
	struct kfuse_session *session = arg;
	struct kfuse_notifier *notifier = session->notifier;
	uint64_t ids[PENDING_MAX];
	bool want_prune, want_trim;
	size_t n;
	int r;

	pthread_mutex_lock(&notifier->lock);
	while (!notifier->stop) {
		n = notifier->n_pending;
		memcpy(ids, notifier->pending, n * sizeof(*ids));
		notifier->n_pending = 0;
		notifier->asked += n > 0;
		want_prune = notifier->prune_asked;
		want_trim = notifier->trim_asked;
		notifier->trim_asked = false;
		if (!n && !want_prune && !want_trim) {
			pthread_cond_wait(&notifier->wake, &notifier->lock);
			continue;
		}
		pthread_mutex_unlock(&notifier->lock);
		for (size_t i = 0; i < n; i++)
			kfuse_notify_inode(session, ids[i], true);
		if (want_trim)
			malloc_trim(0);
		r = want_prune ? prune(session) : 0;
		if (r)
			log_warn("many files are held open for the kernel's "
				 "cache and it can't be asked to let go (%s); "
				 "raise the limit of open files (ulimit -n)",
				strerror(-r));
		/* The FORGETs come by and by; don't ask for the same again
		 * at once. */
		if (want_prune && !r)
			usleep(10000);
		pthread_mutex_lock(&notifier->lock);
		if (n) {
			notifier->done = notifier->asked;
			pthread_cond_broadcast(&notifier->through);
		}
		if (want_prune) {
			notifier->prune_asked = false;
			notifier->prune_failed = r != 0;
		}
	}
	pthread_mutex_unlock(&notifier->lock);
	return NULL;
}

int kfuse_notifier_start(struct kfuse_session *session)
{
	struct kfuse_notifier *notifier = calloc(1, sizeof(*notifier));
	struct rlimit limit = { .rlim_cur = 1024 };
	pthread_condattr_t attr;
	int r;

	if (!notifier)
		return -ENOMEM;
	getrlimit(RLIMIT_NOFILE, &limit);
	notifier->prune_above = limit.rlim_cur < UINT32_MAX
					? (uint32_t)(limit.rlim_cur / 4 * 3)
					: UINT32_MAX;
	pthread_mutex_init(&notifier->lock, NULL);
	pthread_cond_init(&notifier->wake, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&notifier->through, &attr);
	pthread_condattr_destroy(&attr);
	session->notifier = notifier;
	r = pthread_create(&notifier->thread, NULL, notifier_run, session);
	if (r) {
		session->notifier = NULL;
		free(notifier);
	}
	return -r;
}

void kfuse_notifier_stop(struct kfuse_session *session)
{
	struct kfuse_notifier *notifier = session->notifier;

	if (!notifier)
		return;
	pthread_mutex_lock(&notifier->lock);
	notifier->stop = true;
	pthread_cond_signal(&notifier->wake);
	pthread_cond_broadcast(&notifier->through);
	pthread_mutex_unlock(&notifier->lock);
	pthread_join(notifier->thread, NULL);
	pthread_cond_destroy(&notifier->through);
	pthread_cond_destroy(&notifier->wake);
	pthread_mutex_destroy(&notifier->lock);
	session->notifier = NULL;
	free(notifier);
}
