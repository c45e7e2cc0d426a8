/* The input of a connection: see input.h. */
#include "control/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE (256 << 10)
/* The most that an unprivileged process gets by default. */
#define PIPE_SIZE (1 << 20)

int input_init(struct input *in, int fd, int stop_fd)
{
	memset(in, 0, sizeof(*in));
	in->buf = malloc(BUFFER_SIZE);
	if (!in->buf)
		return -ENOMEM;
	in->fd = fd;
	in->stop_fd = stop_fd;
	/* So that a client can hand over a large request without waiting for
	 * us at every 64 KiB. If it is a pipe at all, and we may. */
	(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
	return 0;
}

void input_close(struct input *in)
{
	if (in->fd >= 0)
		close(in->fd);
	in->fd = -1;
}

void input_deinit(struct input *in)
{
	input_close(in);
	free(in->buf);
}

int input_fill(struct input *in)
{
	struct pollfd fds[] = {
		{ .fd = in->fd, .events = POLLIN },
		{ .fd = in->stop_fd, .events = POLLIN },
	};
	ssize_t n;

	if (in->eof)
		return 0;
	/* The descriptor may be shared with others, such as a shell: it is
	 * not ours to make it non-blocking. */
	for (;;) {
		if (poll(fds, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (fds[1].revents)
			return -ECANCELED;
		n = read(in->fd, in->buf, BUFFER_SIZE);
		if (n >= 0)
			break;
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
	}
	in->start = 0;
	in->end = (size_t)n;
	in->eof = n == 0;
	return n > 0;
}
