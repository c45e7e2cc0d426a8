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

/*
 * Makes the process's table of descriptors large enough for @n. To be called
 * before threads start: when several share the table the kernel waits for all
 * CPUs each time it grows it, 10 to 20 ms at 256, 512, 1024 and so on.
 */
void fd_table_reserve(int n);

#endif
