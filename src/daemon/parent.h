/*
 * The process that started us, and whether it still lives.
 *
 * It is watched through a pidfd, which stays right when the number is reused.
 * A parent of 1 (or another reaper) may be the true one, as in a container,
 * so it is watched like any other. A parent outside our PID namespace shows
 * as 0 and can't be watched.
 */
#ifndef DAEMON_PARENT_H
#define DAEMON_PARENT_H

#include <stdbool.h>

struct parent {
	int fd;    /* polls readable once it is dead; -1 if not watched */
	bool gone; /* was already dead when we looked */
};

/* Call as early as can be: who dies before is not noticed. */
void parent_init(struct parent *parent);
void parent_deinit(struct parent *parent);

#endif
