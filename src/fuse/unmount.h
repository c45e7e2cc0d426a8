/*
 * Telling mounts apart and taking them down, for the daemon and its guard.
 *
 * A path alone doesn't say whose mount is there: somebody may have unmounted
 * ours and mounted something else since. So a mount is known by its identity,
 * and what is unmounted is looked at first. None of this sends a request to a
 * file system unless it says so, and whatever might block (unmounting writes
 * dirty pages back; asking a FUSE file system waits for its server) runs in a
 * thread of its own with a time limit.
 */
#ifndef FUSE_UNMOUNT_H
#define FUSE_UNMOUNT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/error.h"

struct mount_identity {
	dev_t dev;          /* the file system's; reused once it is gone */
	int id;             /* as in mountinfo; reused likewise */
	uint64_t unique_id; /* never reused; 0 before Linux 6.8 */
};

/*
 * Who is the topmost mount at @path, an absolute path without symbolic links.
 * Return: 0 or -errno.
 */
int mount_identify(const char *path, struct mount_identity *identity);

/*
 * Whether exactly this mount is there, not under another one. False as well
 * if it has no unique id, for then nobody can tell.
 */
bool mount_is_there(const struct mount_identity *identity);

/*
 * One try at a plain unmount of the mount @identity, wherever it is now.
 *
 * Return: 0 (also if it is not mounted any more), -EBUSY if it is in use or
 * lies under a later mount, -ETIMEDOUT, or -errno with @err.
 */
int mount_unmount(const struct mount_identity *identity, struct sb_error *err);

/*
 * Detaches all mounts of the file system that @identity is a mount of, which
 * must still exist: its number is given to another one when it goes.
 *
 * Return: 0 (also if there is none), -EBUSY if one lies under a later mount,
 * -ETIMEDOUT, or -errno with @err.
 */
int mount_detach(const struct mount_identity *identity, struct sb_error *err);

enum mount_state {
	MOUNT_NONE,   /* no sandboxfs is mounted there, or it lies below another
			 mount */
	MOUNT_DEAD,   /* one whose daemon is gone */
	MOUNT_SILENT, /* one that doesn't say in time, or doesn't tell us
			 because it is another user's */
	MOUNT_ALIVE,  /* one that answers */
};

/*
 * The state of the topmost mount at @path, which must be as for
 * mount_identify(). Unless it is MOUNT_NONE *@identity tells which it is.
 * This asks the file system, for at most two seconds.
 */
enum mount_state mount_probe(const char *path, struct mount_identity *identity);

/*
 * Takes the lock that keeps those who clean up at @path from those who mount
 * there: one of the folder that @path lies in. Waits two seconds at most, and
 * does without it if need be.
 *
 * Return: an fd whose closing gives the lock back, or -1.
 */
int mount_lock(const char *path);

#endif
