/*
 * Mounting: see mount.h.
 *
 * mount(2) is tried first: it works for root, and for whoever holds
 * CAP_SYS_ADMIN in the user namespace that owns the mount namespace (user and
 * group ids are then those of that namespace, which is what geteuid() tells).
 * Where it is refused, fusermount3 does it.
 *
 * Before that the mount point is looked at: a dead sandboxfs there is
 * detached, and one that is still alive gets a moment to go, as its daemon may
 * be on its way out.
 */
#include "fuse/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuse/fusermount.h"
#include "fuse/unmount.h"
#include "util/clock.h"
#include "util/fd.h"
#include "util/log.h"

#define FUSE_DEVICE "/dev/fuse"

/* How long a live sandboxfs at the mount point may take to go. */
#define BUSY_LIMIT_MS 3000
#define BUSY_STEP_MS  20

/* More dead mounts than this on top of each other are not to be believed. */
#define STALE_MAX 64

struct kfuse_mount {
	struct mount_identity identity;
	char path[]; /* absolute, without symbolic links */
};

static int os_error(struct sb_error *err, int errnum)
{
	char text[128];

	sb_error_set(err, "%s", sb_error_os(text, sizeof(text), errnum));
	return -errnum;
}

/* A termination signal that waits for us to look: no use in going on. */
static bool is_signalled(void)
{
	sigset_t set;

	return sigpending(&set) == 0 &&
	       (sigismember(&set, SIGHUP) || sigismember(&set, SIGINT) ||
		       sigismember(&set, SIGQUIT) ||
		       sigismember(&set, SIGTERM));
}

/* Return: 0 if the way is free, -EBUSY or -EINTR with @err. */
static int clear_mount_point(const char *path, struct sb_error *err)
{
	struct mount_identity identity;
	enum mount_state state;
	int64_t deadline_ms = clock_now_ms() + BUSY_LIMIT_MS;
	int n_stale = 0, r;

	while ((state = mount_probe(path, &identity)) != MOUNT_NONE) {
		if (state == MOUNT_DEAD && n_stale++ < STALE_MAX) {
			r = mount_detach(&identity, err);
			if (r < 0) {
				sb_error_prefix(err,
					"Cannot remove the dead sandboxfs that "
					"is mounted there");
				return r;
			}
			log_warn("recovered %s: detached the mount of a "
				 "sandboxfs that was killed",
				path);
			continue;
		}
		if (is_signalled()) {
			sb_error_set(err, "Interrupted by a signal");
			return -EINTR;
		}
		if (clock_now_ms() >= deadline_ms) {
			os_error(err, EBUSY);
			sb_error_prefix(err,
				"A sandboxfs that is running, or another "
				"user's, is mounted there; unmount it first "
				"(umount or fusermount3 -u)");
			return -EBUSY;
		}
		poll(NULL, 0, BUSY_STEP_MS);
	}
	return 0;
}

static int open_device(struct sb_error *err)
{
	int fd = open(FUSE_DEVICE, O_RDWR | O_CLOEXEC);
	int r = -errno;

	if (fd >= 0)
		return fd;
	os_error(err, -r);
	if (r == -ENOENT)
		sb_error_prefix(err,
			"No " FUSE_DEVICE "; as root: modprobe fuse (in a "
			"container: give it the device, "
			"--device " FUSE_DEVICE ")");
	else if (r == -ENODEV || r == -ENXIO)
		sb_error_prefix(
			err, "The kernel has no FUSE; as root: modprobe fuse");
	else if (r == -EACCES || r == -EPERM)
		sb_error_prefix(err,
			"May not open " FUSE_DEVICE "; as root: chmod "
			"666 " FUSE_DEVICE);
	else
		sb_error_prefix(err, "Cannot open " FUSE_DEVICE);
	return r;
}

static int mount_directly(
	const char *path, bool allow_other, int *fdp, struct sb_error *err)
{
	_cleanup_fd_ int fd = -1;
	char data[160];
	int r;

	fd = open_device(err);
	if (fd < 0)
		return fd;
	snprintf(data, sizeof(data),
		"fd=%d,rootmode=40000,user_id=%u,group_id=%u,"
		"default_permissions%s",
		fd, (unsigned int)geteuid(), (unsigned int)getegid(),
		allow_other ? ",allow_other" : "");
	if (mount("sandboxfs", path, "fuse", MS_NOSUID | MS_NODEV, data) < 0) {
		r = os_error(err, errno);
		if (r == -ENODEV)
			sb_error_prefix(err,
				"The kernel has no FUSE; as root: modprobe "
				"fuse");
		else if (r == -EPERM || r == -EACCES)
			sb_error_prefix(err,
				"Mounting needs CAP_SYS_ADMIN (in a container: "
				"--cap-add SYS_ADMIN --device " FUSE_DEVICE
				")");
		return r;
	}
	*fdp = fd_steal(&fd);
	return 0;
}

/* @err holds why mount(2) is out of the question. */
static int mount_by_helper(
	const char *path, bool allow_other, int *fdp, struct sb_error *err)
{
	const char *options =
		allow_other ? "fsname=sandboxfs,default_permissions,allow_other"
			    : "fsname=sandboxfs,default_permissions";
	struct mount_identity identity;
	struct sb_error why = *err;
	int r;

	r = fusermount_mount(path, options, fdp, err);
	if (r == 0)
		return 0;
	/* Root needs no helper: its lack explains nothing. */
	if (geteuid() == 0)
		*err = why;
	else if (strstr(err->text, "user_allow_other"))
		sb_error_prefix(err,
			"--allow=other and --allow=root need a line "
			"'user_allow_other' in /etc/fuse.conf; as root: echo "
			"user_allow_other >> /etc/fuse.conf");
	else if (strstr(err->text, FUSE_DEVICE))
		sb_error_prefix(err, "%s", why.text);
	else if (strstr(err->text, "mount failed: Operation not permitted"))
		sb_error_prefix(err,
			"fusermount3 is not set-uid root, or may not be that "
			"here; as root: chmod u+s /usr/bin/fusermount3");
	/* It may have got as far as mounting. */
	if (mount_probe(path, &identity) == MOUNT_DEAD)
		mount_detach(&identity, NULL);
	return r;
}

static int mount_somehow(
	const char *path, bool allow_other, int *fdp, struct sb_error *err)
{
	int r;

	r = mount_directly(path, allow_other, fdp, err);
	if (r != -EPERM && r != -EACCES)
		return r;
	return mount_by_helper(path, allow_other, fdp, err);
}

static int check_mount_point(const char *path, struct sb_error *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return os_error(err, errno);
	if (!S_ISDIR(st.st_mode))
		return os_error(err, ENOTDIR);
	return 0;
}

/* Holds the lock: nobody cleans up there before we know which is ours. */
static int mount_locked(struct kfuse_mount *mount, bool allow_other, int *fdp,
	struct sb_error *err)
{
	int r;

	r = clear_mount_point(mount->path, err);
	if (r == 0)
		r = check_mount_point(mount->path, err);
	if (r == 0)
		r = mount_somehow(mount->path, allow_other, fdp, err);
	if (r < 0)
		return r;
	r = mount_identify(mount->path, &mount->identity);
	if (r < 0) {
		/* The path has changed under us: it is what was mounted there
		 * just now, or nothing. */
		os_error(err, -r);
		umount2(mount->path, MNT_DETACH);
		close(*fdp);
	}
	return r;
}

int kfuse_mount_new(struct kfuse_mount **mountp, const char *path,
	const struct kfuse_mount_options *options, int *fuse_fdp,
	struct sb_error *err)
{
	struct kfuse_mount *mount;
	char resolved[PATH_MAX];
	int fd = -1, lock, r;

	/* This looks at no mount's root, so a dead one doesn't matter. */
	if (!realpath(path, resolved))
		return os_error(err, errno);
	mount = calloc(1, sizeof(*mount) + strlen(resolved) + 1);
	if (!mount)
		return os_error(err, ENOMEM);
	strcpy(mount->path, resolved);

	lock = mount_lock(resolved);
	r = mount_locked(mount, options->allow_other, &fd, err);
	if (lock >= 0)
		close(lock);
	if (r < 0) {
		kfuse_mount_free(mount);
		return r;
	}
	*mountp = mount;
	*fuse_fdp = fd;
	return 0;
}

const struct mount_identity *kfuse_mount_identity(
	const struct kfuse_mount *mount)
{
	return &mount->identity;
}

const char *kfuse_mount_path(const struct kfuse_mount *mount)
{
	return mount->path;
}

int kfuse_mount_unmount(struct kfuse_mount *mount, struct sb_error *err)
{
	return mount_unmount(&mount->identity, err);
}

int kfuse_mount_detach(struct kfuse_mount *mount, struct sb_error *err)
{
	return mount_detach(&mount->identity, err);
}

int kfuse_mount_clean(struct kfuse_mount *mount, struct sb_error *err)
{
	const struct mount_identity *ours = &mount->identity;
	struct mount_identity found;
	int r;

	if (ours->unique_id) {
		if (!mount_is_there(ours))
			return 0;
	} else if (mount_probe(mount->path, &found) != MOUNT_DEAD ||
		   found.dev != ours->dev || found.id != ours->id) {
		/* Our numbers may be another one's by now, but that one is
		 * alive. */
		return 0;
	}
	r = mount_detach(ours, err);
	return r < 0 ? r : 1;
}

struct kfuse_mount *kfuse_mount_free(struct kfuse_mount *mount)
{
	free(mount);
	return NULL;
}
