/*
 * fusermount3, the set-uid helper through which those without CAP_SYS_ADMIN
 * mount and unmount. It is looked for in PATH, then in /usr/bin and /bin.
 *
 * Every call has a time limit, after which the helper is killed.
 */
#ifndef FUSE_FUSERMOUNT_H
#define FUSE_FUSERMOUNT_H

#include <limits.h>
#include <stdbool.h>

#include "util/error.h"

/*
 * Looks for it in @dirs (as in PATH; may be NULL) and the usual places, all
 * taken to lie below @root ("" for the host's own).
 * Return: whether there is one, with its @path (without @root).
 */
bool fusermount_find(const char *root, const char *dirs, char path[PATH_MAX]);

/*
 * Mounts at @path with @options ("fsname=sandboxfs,..."); on success *@fdp is
 * the /dev/fuse fd, the caller's.
 *
 * Return: 0, -ENOENT if there is no fusermount3, -ETIMEDOUT, -EPERM if it
 * refused or failed; @err has what it said.
 */
int fusermount_mount(
	const char *path, const char *options, int *fdp, struct sb_error *err);

/*
 * Return: 0, -ENOENT if there is no fusermount3, -EBUSY, -ETIMEDOUT, -EPERM
 * for all else that it complains of; @err has what it said.
 */
int fusermount_unmount(const char *path, bool lazy, struct sb_error *err);

#endif
