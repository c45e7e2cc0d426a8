/*
 * The mount table of this process, /proc/self/mountinfo.
 *
 * A line reads
 *   36 35 0:41 /root /mount\040point rw,nosuid shared:1 - fuse SOURCE rw,...
 * where space, tab, newline and backslash within a field are written as three
 * octal digits. Lines that don't parse are skipped: the kernel may add
 * fields, and one odd mount must not keep us from finding ours.
 */
#ifndef FUSE_MOUNTINFO_H
#define FUSE_MOUNTINFO_H

#include <stdbool.h>
#include <sys/types.h>

struct mountinfo {
	int id;
	int parent_id;
	dev_t dev;
	const char *root;        /* which part of the file system is mounted */
	const char *mount_point; /* as seen from our root directory */
	const char *type;        /* with the subtype, as in "fuse.NAME" */
	const char *source;
};

/*
 * Parses @line in place; the fields point into it.
 *
 * Return: 0, or -EINVAL if it is no such line.
 */
int mountinfo_parse(char *line, struct mountinfo *info);

/*
 * Calls @visit for each mount of @file (normally "/proc/self/mountinfo") in
 * the kernel's order until it returns non-zero. What @info points to lasts
 * until @visit returns.
 *
 * Return: what the last @visit returned, 0 if there was none, or -errno of
 * reading @file.
 */
int mountinfo_walk(const char *file,
	int (*visit)(const struct mountinfo *info, void *ctx), void *ctx);

/* Is it a mount that some sandboxfs made? */
bool mountinfo_is_sandboxfs(const struct mountinfo *info);

#endif
