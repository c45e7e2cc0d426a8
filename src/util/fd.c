/* File descriptors: see fd.h. */
#include "util/fd.h"

#include <fcntl.h>
#include <sys/resource.h>

void fd_table_reserve(int n)
{
	struct rlimit limit;
	int fd;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (rlim_t)n)
		n = (int)limit.rlim_cur;
	/* The table never shrinks again. Any open descriptor will do. */
	fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, n - 1);
	if (fd >= 0)
		close(fd);
}
