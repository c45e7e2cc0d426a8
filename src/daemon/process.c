/* The daemon's own process: see process.h. */
#include "daemon/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define WRITE_LIMIT_MS 200

static const int termination[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

#define N_TERMINATION (sizeof(termination) / sizeof(*termination))

static void open_standard_streams(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static void reset_signals(void)
{
	sigset_t set;

	for (size_t i = 0; i < N_TERMINATION; i++)
		signal(termination[i], SIG_DFL);
	signal(SIGCHLD, SIG_DFL); /* else our helpers can't be waited for */
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_SETMASK, &set, NULL);
}

/* Every mapped directory and open file of a view may cost us a descriptor. */
static void raise_file_limit(void)
{
	unsigned long most = 0;
	struct rlimit limit;
	FILE *in;

	in = fopen("/proc/sys/fs/nr_open", "re");
	if (in) {
		if (fscanf(in, "%lu", &most) != 1)
			most = 0;
		fclose(in);
	}
	limit.rlim_cur = limit.rlim_max = most;
	if (most && setrlimit(RLIMIT_NOFILE, &limit) == 0)
		return;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

void process_prepare(void)
{
	open_standard_streams();
	reset_signals();
	umask(0);
	/* Nodes are made by one thread and given back by another: with an
	 * arena for each the freed memory would not be where it is needed. */
	mallopt(M_ARENA_MAX, 1);
	raise_file_limit();
}

int process_take_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < N_TERMINATION; i++)
		sigaddset(&set, termination[i]);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static void on_limit(int signo)
{
	static const char text[] =
		"[ERROR] Gave up: something here doesn't end\n";

	process_write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(1);
}

void process_limit(unsigned int seconds)
{
	signal(SIGALRM, on_limit);
	alarm(seconds);
}

bool process_can_write(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLOUT };

	return poll(&pollfd, 1, WRITE_LIMIT_MS) > 0 && pollfd.revents & POLLOUT;
}

void process_write(int fd, const char *text, size_t len)
{
	while (len > 0 && process_can_write(fd)) {
		/* A pipe that polls writable takes so much without waiting. */
		ssize_t n = write(fd, text, len < PIPE_BUF ? len : PIPE_BUF);

		if (n < 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}
