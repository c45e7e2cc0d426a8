/*
 * The guard: a small process that outlives the daemon if that is killed by
 * SIGKILL (or crashes), and then takes down the dead mount it left.
 *
 * It is forked before the daemon mounts and before it has threads. All it
 * holds is the read end of a pipe: its end without a word before means that
 * the daemon died. It closes every other descriptor, so that whoever reads
 * the daemon's output sees its end, and has a session of its own, so that
 * what is sent to the daemon's process group or terminal doesn't reach it.
 */
#ifndef DAEMON_GUARD_H
#define DAEMON_GUARD_H

#include <stdbool.h>

#include "util/error.h"

struct guard;
struct mount_identity;

/*
 * Starts a guard of the mount point @path, absolute and without symbolic
 * links. Nothing else of the process may run in other threads yet.
 */
int guard_new(struct guard **guardp, const char *path, struct sb_error *err);

/*
 * Whether programs that are started inherit the guard's pipe. A helper that
 * mounts must: should we die meanwhile, the guard waits for its end as well.
 */
void guard_share(struct guard *guard, bool share);

/* Tells which mount is ours; until then, any dead one at the path is. */
void guard_tell(struct guard *guard, const struct mount_identity *identity);

/* Sends the guard home and waits until it is gone. Returns NULL. */
struct guard *guard_free(struct guard *guard);

#endif
