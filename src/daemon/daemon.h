/*
 * The life of a daemon that serves one mount: from mounting to leaving
 * nothing behind.
 *
 * It ends when the file system is unmounted by somebody else, by a signal
 * (HUP, INT, QUIT, TERM), or when whoever drove it is gone. In the latter two
 * cases it unmounts: while the mount is in use it goes on serving and tries
 * again until the grace period is over (or a second signal comes), then
 * detaches the mount and aborts the connection. SIGUSR1 prints counters.
 */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include <stdbool.h>
#include <stdint.h>

#include "control/server.h"
#include "daemon/parent.h"
#include "fuse/session.h"
#include "util/error.h"

struct space;

struct daemon_options {
	const char *mount_point;
	struct kfuse_options fuse;
	struct control_options control;
	int input_fd, output_fd;
	bool allow_other;
	bool die_with_parent; /* whatever the input is */
	bool guard;           /* have a mount cleaned up if we are killed */
	uint32_t grace_s;
};

/*
 * Mounts @space and serves it. To be called with one thread running, after
 * process_prepare(). Takes ownership of @options->input_fd
 * and output_fd in any case.
 *
 * The parent's death ends it with die_with_parent, else if the input is a
 * pipe or a socket that has come to its end: nobody is left then who could
 * use the mount on purpose.
 *
 * Return: 0 if somebody else unmounted it, -EINTR if a signal or the parent's
 * death ended it (nothing is mounted then), or -errno; @err says why.
 */
int daemon_run(struct space *space, const struct daemon_options *options,
	const struct parent *parent, struct sb_error *err);

#endif
