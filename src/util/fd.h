/* File descriptors that close themselves. */
#ifndef UTIL_FD_H
#define UTIL_FD_H

#include <unistd.h>

static inline void fd_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* int _cleanup_fd_ fd = -1; closes at the end of the scope. */
#define _cleanup_fd_ __attribute__((cleanup(fd_closep)))

/* Hands the descriptor over: the variable no longer owns it. */
static inline int fd_steal(int *fd)
{
	int stolen = *fd;

	*fd = -1;
	return stolen;
}

#endif
