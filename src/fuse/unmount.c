/*
 * Taking mounts down: see unmount.h.
 *
 * To detach exactly the mount that was looked at, it is held by an O_PATH fd
 * and named as /proc/self/fd/N. A plain unmount can't be told so (the fd
 * itself would make it busy), so there a moment remains between looking and
 * unmounting; neither can fusermount3, which takes only paths. mount_lock()
 * closes that gap among ourselves.
 */
#include "fuse/unmount.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "fuse/fusermount.h"
#include "fuse/mountinfo.h"
#include "util/fd.h"

#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000U
#endif

#define UNMOUNT_LIMIT_MS 3000
#define PROBE_LIMIT_MS   2000
#define LOCK_LIMIT_MS    2000

#define MOUNTINFO        "/proc/self/mountinfo"

/* More mounts of one file system than this are not taken down at once. */
#define DETACH_MAX 256

/* A call that may block, and its two holders: the thread and who waits. */
struct job {
	int (*run)(const char *path, int flags);
	int flags;
	int held_fd; /* closed at the end; -1 if none */
	int done_fd;
	_Atomic int result;
	_Atomic int n_holders;
	char path[];
};

static void job_put(struct job *job)
{
	if (atomic_fetch_sub(&job->n_holders, 1) > 1)
		return;
	if (job->held_fd >= 0)
		close(job->held_fd);
	close(job->done_fd);
	free(job);
}

static void *job_main(void *arg)
{
	struct job *job = arg;
	uint64_t one = 1;

	job->result = job->run(job->path, job->flags);
	if (write(job->done_fd, &one, sizeof(one)) < 0)
		abort(); /* an eventfd of ours: can't be */
	job_put(job);
	return NULL;
}

/*
 * Runs @run(@path, @flags) for at most @limit_ms. Takes ownership of
 * @held_fd, an fd that must stay open meanwhile (or -1).
 *
 * Return: its result, or -ETIMEDOUT, in which case it goes on by itself.
 */
static int run_limited(int (*run)(const char *path, int flags),
	const char *path, int flags, int held_fd, int limit_ms)
{
	struct pollfd pollfd;
	pthread_attr_t attr;
	pthread_t thread;
	struct job *job;
	int r;

	job = calloc(1, sizeof(*job) + strlen(path) + 1);
	if (!job) {
		if (held_fd >= 0)
			close(held_fd);
		return -ENOMEM;
	}
	job->run = run;
	job->flags = flags;
	job->held_fd = held_fd;
	job->done_fd = eventfd(0, EFD_CLOEXEC);
	job->n_holders = 2;
	strcpy(job->path, path);

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (job->done_fd < 0 ||
		pthread_create(&thread, &attr, job_main, job) != 0) {
		/* Short of fds or threads: better unlimited than not. */
		job->n_holders = 1;
		r = run(path, flags);
		goto out;
	}
	pollfd = (struct pollfd){ .fd = job->done_fd, .events = POLLIN };
	do {
		r = poll(&pollfd, 1, limit_ms);
	} while (r < 0 && errno == EINTR);
	r = r > 0 ? job->result : -ETIMEDOUT;
out:
	pthread_attr_destroy(&attr);
	job_put(job);
	return r;
}

static int run_umount(const char *path, int flags)
{
	return umount2(path, flags) < 0 ? -errno : 0;
}

static int run_ask(const char *path, int flags)
{
	struct statx stx;

	return statx(AT_FDCWD, path, flags, STATX_BASIC_STATS, &stx) < 0
		       ? -errno
		       : 0;
}

/* AT_STATX_DONT_SYNC and no attributes wanted: no request is sent. */
static int identify_at(int dir_fd, const char *path, int flags,
	struct mount_identity *identity)
{
	struct statx stx;

	flags |= AT_STATX_DONT_SYNC | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
	if (statx(dir_fd, path, flags, STATX_MNT_ID, &stx) < 0)
		return -errno;
	*identity = (struct mount_identity){
		.dev = makedev(stx.stx_dev_major, stx.stx_dev_minor),
		.id = (int)stx.stx_mnt_id,
	};
	if (statx(dir_fd, path, flags, STATX_MNT_ID_UNIQUE, &stx) == 0 &&
		stx.stx_mask & STATX_MNT_ID_UNIQUE)
		identity->unique_id = stx.stx_mnt_id;
	return 0;
}

int mount_identify(const char *path, struct mount_identity *identity)
{
	return identify_at(AT_FDCWD, path, 0, identity);
}

/* What to look for in the mount table, and what was found. */
struct search {
	dev_t dev;
	int id; /* this mount only; or 0 */
	size_t n_found;
	struct found {
		int id;
		char *path;
	} found[DETACH_MAX];
};

static int search_visit(const struct mountinfo *info, void *ctx)
{
	struct search *search = ctx;
	struct found *found = &search->found[search->n_found];

	if (info->dev != search->dev || (search->id && info->id != search->id))
		return 0;
	found->path = strdup(info->mount_point);
	if (!found->path)
		return -ENOMEM;
	found->id = info->id;
	return ++search->n_found == DETACH_MAX;
}

static struct search *search_free(struct search *search)
{
	if (search)
		for (size_t i = 0; i < search->n_found; i++)
			free(search->found[i].path);
	free(search);
	return NULL;
}

static int search_new(
	struct search **searchp, dev_t dev, int id, struct sb_error *err)
{
	struct search *search = calloc(1, sizeof(*search));
	int r;

	if (!search) {
		sb_error_set(err, "Out of memory");
		return -ENOMEM;
	}
	search->dev = dev;
	search->id = id;
	r = mountinfo_walk(MOUNTINFO, search_visit, search);
	if (r < 0) {
		search_free(search);
		sb_error_set(
			err, "Cannot read " MOUNTINFO ": %s", strerror(-r));
		return r;
	}
	*searchp = search;
	return 0;
}

/* Is it still there? For telling why an unmount failed. */
static bool is_mounted(const struct found *found, dev_t dev)
{
	struct search *search = NULL;
	bool mounted;

	if (search_new(&search, dev, found->id, NULL) < 0)
		return true;
	mounted = search->n_found > 0;
	search_free(search);
	return mounted;
}

bool mount_is_there(const struct mount_identity *identity)
{
	struct mount_identity top = { 0 };
	struct search *search = NULL;

	if (!identity->unique_id)
		return false;
	if (search_new(&search, identity->dev, identity->id, NULL) < 0)
		return false;
	if (search->n_found > 0)
		mount_identify(search->found[0].path, &top);
	search_free(search);
	return top.unique_id == identity->unique_id;
}

static int covered(const struct found *found, struct sb_error *err)
{
	sb_error_set(err, "%s: another mount lies over it", found->path);
	return -EBUSY;
}

static int plain_unmount(
	const struct found *found, dev_t dev, struct sb_error *err)
{
	struct mount_identity top = { 0 };
	int r;

	r = mount_identify(found->path, &top);
	if (r == 0 && top.id != found->id)
		return covered(found, err);
	r = run_limited(
		run_umount, found->path, UMOUNT_NOFOLLOW, -1, UNMOUNT_LIMIT_MS);
	if (r == -EPERM)
		r = fusermount_unmount(found->path, false, err);
	else if (r < 0)
		sb_error_set(err, "%s: %s", found->path, strerror(-r));
	/* Somebody else may have been faster. */
	if (r < 0 && r != -ETIMEDOUT && !is_mounted(found, dev))
		return 0;
	return r;
}

int mount_unmount(const struct mount_identity *identity, struct sb_error *err)
{
	struct search *search = NULL;
	int r;

	r = search_new(&search, identity->dev, identity->id, err);
	if (r < 0)
		return r;
	if (search->n_found > 0)
		r = plain_unmount(&search->found[0], identity->dev, err);
	search_free(search);
	return r;
}

static int detach_one(
	const struct found *found, dev_t dev, struct sb_error *err)
{
	struct mount_identity top = { 0 };
	char name[32];
	int fd, r;

	fd = open(found->path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	r = fd < 0 ? -errno : identify_at(fd, "", AT_EMPTY_PATH, &top);
	if (r < 0) {
		if (fd >= 0)
			close(fd);
		sb_error_set(err, "%s: %s", found->path, strerror(-r));
		return r;
	}
	if (top.id != found->id || top.dev != dev) {
		close(fd);
		return covered(found, err);
	}
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	r = run_limited(run_umount, name, MNT_DETACH, fd, UNMOUNT_LIMIT_MS);
	if (r == -EPERM)
		r = fusermount_unmount(found->path, true, err);
	else if (r < 0)
		sb_error_set(err, "%s: %s", found->path, strerror(-r));
	if (r < 0 && r != -ETIMEDOUT && !is_mounted(found, dev))
		return 0;
	return r;
}

int mount_detach(const struct mount_identity *identity, struct sb_error *err)
{
	struct search *search = NULL;
	int first, r;

	first = search_new(&search, identity->dev, 0, err);
	if (first < 0)
		return first;
	/* Later mounts may lie on earlier ones. */
	for (size_t i = search->n_found; i-- > 0;) {
		r = detach_one(
			&search->found[i], identity->dev, first ? NULL : err);
		if (!first)
			first = r;
	}
	search_free(search);
	return first;
}

/* The last sandboxfs in the table that is mounted at a path. */
struct last {
	const char *path;
	int id; /* look for this one; or 0 for any */
	bool found;
	struct mount_identity identity;
};

static int last_visit(const struct mountinfo *info, void *ctx)
{
	struct last *last = ctx;

	if ((last->id && info->id != last->id) ||
		strcmp(info->mount_point, last->path) != 0)
		return 0;
	/* @path may be a plain folder inside a sandboxfs: that has another
	 * mount point. */
	last->found = mountinfo_is_sandboxfs(info);
	last->identity.dev = info->dev;
	last->identity.id = info->id;
	return 0;
}

enum mount_state mount_probe(const char *path, struct mount_identity *identity)
{
	struct last last = { .path = path };
	int r;

	r = mount_identify(path, identity);
	if (r < 0 && r != -EACCES)
		return MOUNT_NONE;
	if (r == 0)
		last.id = identity->id;
	if (mountinfo_walk(MOUNTINFO, last_visit, &last) < 0 || !last.found)
		return MOUNT_NONE;
	/* A FUSE tells nothing to other users than the one who mounted it,
	 * be they root. */
	if (r == -EACCES) {
		*identity = last.identity;
		return MOUNT_SILENT;
	}
	/* Cached attributes would answer for the dead: hence FORCE_SYNC. */
	r = run_limited(run_ask, path,
		AT_STATX_FORCE_SYNC | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, -1,
		PROBE_LIMIT_MS);
	if (r == -ENOTCONN || r == -ECONNABORTED || r == -ECONNREFUSED)
		return MOUNT_DEAD;
	return r == -ETIMEDOUT ? MOUNT_SILENT : MOUNT_ALIVE;
}

int mount_lock(const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_fd_ int fd = -1;
	char *folder;

	folder = strndup(path, slash > path ? (size_t)(slash - path) : 1);
	if (!folder)
		return -1;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	if (fd < 0)
		return -1;
	for (int waited_ms = 0; flock(fd, LOCK_EX | LOCK_NB) < 0;
		waited_ms += 10) {
		struct timespec ts = { .tv_nsec = 10 * 1000 * 1000 };

		if (errno != EWOULDBLOCK || waited_ms >= LOCK_LIMIT_MS)
			return -1;
		nanosleep(&ts, NULL);
	}
	return fd_steal(&fd);
}
