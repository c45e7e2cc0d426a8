/*
 * Mounting and unmounting: by mount(2) where we may (root, or root of a user
 * namespace), else through fusermount3.
 *
 * Nothing here waits for ever: every helper process and retry has a limit.
 */
#ifndef FUSE_MOUNT_H
#define FUSE_MOUNT_H

#include <stdbool.h>

#include "util/error.h"

struct kfuse_mount;
struct mount_identity;

struct kfuse_mount_options {
	bool allow_other;
};

/*
 * Mounts at @path. A dead mount that a killed predecessor of ours left there
 * is detached first. On success *@fuse_fdp is the /dev/fuse fd, the caller's.
 *
 * Return: 0, or -errno with @err naming what is missing and the remedy
 * (/dev/fuse, fusermount3, user_allow_other, the mount point).
 */
int kfuse_mount_new(struct kfuse_mount **mountp, const char *path,
	const struct kfuse_mount_options *options, int *fuse_fdp,
	struct sb_error *err);

/* One try at a plain unmount. Return: 0, -EBUSY, or -errno with @err. */
int kfuse_mount_unmount(struct kfuse_mount *mount, struct sb_error *err);

/*
 * Detaches the mount (MNT_DETACH) with all its copies: it is gone from the
 * tree at once, busy or not. Does nothing if it is not mounted any more. Only
 * while the connection lives.
 */
int kfuse_mount_detach(struct kfuse_mount *mount, struct sb_error *err);

/*
 * Takes away what the end of the connection has left: nothing if the file
 * system was unmounted, a dead mount if the connection was aborted.
 *
 * Return: 0 if there was nothing, 1 if there was, or -errno with @err.
 */
int kfuse_mount_clean(struct kfuse_mount *mount, struct sb_error *err);

/* Which mount it is, see unmount.h; and where: absolute, without symbolic
 * links. Both borrowed. */
const struct mount_identity *kfuse_mount_identity(
	const struct kfuse_mount *mount);
const char *kfuse_mount_path(const struct kfuse_mount *mount);

/* Frees, without unmounting. Returns NULL. */
struct kfuse_mount *kfuse_mount_free(struct kfuse_mount *mount);

#endif
