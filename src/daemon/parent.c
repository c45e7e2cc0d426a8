/* The parent process: see parent.h. */
#include "daemon/parent.h"

#include <fcntl.h>
#include <sys/pidfd.h>
#include <unistd.h>

void parent_init(struct parent *parent)
{
	pid_t pid = getppid();

	parent->fd = pid > 0 ? pidfd_open(pid, 0) : -1; /* close-on-exec */
	/* Were it dead, the number could be somebody else's by now; but then
	 * our parent has changed. */
	parent->gone = getppid() != pid;
	if (parent->gone)
		parent_deinit(parent);
}

void parent_deinit(struct parent *parent)
{
	if (parent->fd >= 0)
		close(parent->fd);
	parent->fd = -1;
}
