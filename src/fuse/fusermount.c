/*
 * Running fusermount3: see fusermount.h.
 *
 * To mount, the helper gets one end of a socket pair, whose number stands in
 * _FUSE_COMMFD, and sends back the /dev/fuse fd through it. What it prints is
 * read from a pipe and becomes the error's text.
 *
 * The helper runs in a process group of its own, for a Ctrl-C on the terminal
 * must not kill it between mounting and handing us the fd.
 */
#include "fuse/fusermount.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/fd.h"

#define MOUNT_LIMIT_MS   10000
#define UNMOUNT_LIMIT_MS 3000

struct helper {
	pid_t pid;
	int pid_fd;
	int text_fd; /* what it prints */
	size_t text_len;
	char text[512];
};

extern char **environ;

/* Our environment with _FUSE_COMMFD replaced, in one block to free(). */
static char **environment_with(const char *variable)
{
	size_t n = 0, k = 0;
	char **env;

	while (environ && environ[n])
		n++;
	env = calloc(n + 2, sizeof(*env));
	if (!env)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], "_FUSE_COMMFD=", 13) != 0)
			env[k++] = environ[i];
	env[k] = (char *)variable;
	return env;
}

/* posix_spawnp() would say "Permission denied" where there is none, if some
 * folder of PATH can't be searched. */
bool fusermount_find(const char *root, const char *dirs, char path[PATH_MAX])
{
	char all[PATH_MAX], full[2 * PATH_MAX];
	char *rest = all, *dir;
	struct stat st;

	snprintf(all, sizeof(all), "%.4000s:/usr/bin:/bin", dirs ? dirs : "");
	while ((dir = strsep(&rest, ":"))) {
		if (snprintf(path, PATH_MAX, "%s/fusermount3", dir) >= PATH_MAX)
			continue;
		snprintf(full, sizeof(full), "%s%s", root, path);
		if (stat(full, &st) == 0 && S_ISREG(st.st_mode) &&
			access(full, X_OK) == 0)
			return true;
	}
	return false;
}

/* @comm_fd is the helper's end of the socket pair, or -1. */
static int helper_start(struct helper *helper, char *const argv[], int comm_fd,
	struct sb_error *err)
{
	posix_spawn_file_actions_t actions;
	_cleanup_fd_ int out = -1;
	posix_spawnattr_t attr;
	sigset_t defaults;
	char variable[32], path[PATH_MAX];
	int pipe_fds[2];
	char **env;
	int r;

	if (!fusermount_find("", getenv("PATH"), path)) {
		sb_error_set(err,
			"fusermount3 not found, and only root mounts without "
			"it; install the package fuse3 (apt install fuse3)");
		return -ENOENT;
	}
	if (pipe2(pipe_fds, O_CLOEXEC) < 0) {
		r = -errno;
		sb_error_set(err, "Cannot make a pipe: %s", strerror(-r));
		return r;
	}
	helper->text_fd = pipe_fds[0];
	out = pipe_fds[1];
	snprintf(variable, sizeof(variable), "_FUSE_COMMFD=%d", comm_fd);
	env = environment_with(comm_fd >= 0 ? variable : NULL);
	if (!env) {
		close(helper->text_fd);
		sb_error_set(err, "Out of memory");
		return -ENOMEM;
	}

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(
		&actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	if (comm_fd >= 0) /* onto itself: clears close-on-exec */
		posix_spawn_file_actions_adddup2(&actions, comm_fd, comm_fd);
	posix_spawnattr_init(&attr);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setflags(
		&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

	r = posix_spawn(&helper->pid, path, &actions, &attr, argv, env);

	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	free(env);
	if (r) {
		close(helper->text_fd);
		sb_error_set(err, "Cannot run %s: %s", path, strerror(r));
		return -r;
	}
	helper->pid_fd = (int)syscall(SYS_pidfd_open, helper->pid, 0);
	helper->text_len = 0;
	return 0;
}

/* Reads what is there now. Return: false at the end of the text. */
static bool read_text(struct helper *helper)
{
	char rest[256];
	char *to = helper->text + helper->text_len;
	size_t room = sizeof(helper->text) - 1 - helper->text_len;
	ssize_t n;

	/* What doesn't fit is read nevertheless, or the helper would wait. */
	n = read(helper->text_fd, room ? to : rest, room ? room : sizeof(rest));
	if (n > 0 && room)
		helper->text_len += (size_t)n;
	return n > 0;
}

/* One line without the program's name and without a full stop at the end. */
static void tidy_text(struct helper *helper)
{
	static const char name[] = "fusermount3: ";
	char *s = helper->text, *out = helper->text;

	helper->text[helper->text_len] = '\0';
	while (*s) {
		if (!strncmp(s, name, sizeof(name) - 1))
			s += sizeof(name) - 1;
		while (*s && *s != '\n')
			*out++ = *s++;
		while (*s == '\n')
			s++;
		if (*s) {
			*out++ = ';';
			*out++ = ' ';
		}
	}
	*out = '\0';
}

/*
 * Waits for the helper's end, until @deadline_ms; then it is killed.
 *
 * Return: 0 if it exited with status 0, -ETIMEDOUT, or -EPERM.
 */
static int helper_finish(struct helper *helper, int64_t deadline_ms)
{
	bool text_open = true, exited = false, killed = false;
	int status = -1;

	while (!exited) {
		struct pollfd fds[] = {
			{ .fd = helper->pid_fd, .events = POLLIN },
			{ .fd = text_open ? helper->text_fd : -1,
				.events = POLLIN },
		};
		int64_t left = deadline_ms - clock_now_ms();

		if (left <= 0) {
			if (killed) /* in the kernel's hands: leave it */
				break;
			kill(helper->pid, SIGKILL);
			killed = true;
			deadline_ms = clock_now_ms() + 500;
			continue;
		}
		/* Without a pidfd, look every 10 ms. */
		if (helper->pid_fd < 0 && left > 10)
			left = 10;
		if (poll(fds, 2, (int)left) < 0)
			continue;
		if (fds[1].revents)
			text_open = read_text(helper);
		if (fds[0].revents || helper->pid_fd < 0)
			exited = waitpid(helper->pid, &status, WNOHANG) ==
				 helper->pid;
	}
	/* A grandchild may hold the pipe open: take what is there, no more. */
	while (text_open) {
		struct pollfd fd = { .fd = helper->text_fd, .events = POLLIN };

		text_open = poll(&fd, 1, 0) > 0 && read_text(helper);
	}
	close(helper->text_fd);
	if (helper->pid_fd >= 0)
		close(helper->pid_fd);
	tidy_text(helper);
	if (killed)
		return -ETIMEDOUT;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EPERM;
}

/* Return: an fd, -EPERM if the helper ended without one, or -ETIMEDOUT. */
static int receive_fd(int comm_fd, int64_t deadline_ms)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct pollfd pollfd = { .fd = comm_fd, .events = POLLIN };
	struct cmsghdr *cmsg;
	int64_t left;
	int fd, r;

	do {
		left = deadline_ms - clock_now_ms();
		r = left > 0 ? poll(&pollfd, 1, (int)left) : 0;
	} while (r < 0 && errno == EINTR);
	if (r <= 0)
		return -ETIMEDOUT;
	if (recvmsg(comm_fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) <= 0)
		return -EPERM;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg || cmsg->cmsg_level != SOL_SOCKET ||
		cmsg->cmsg_type != SCM_RIGHTS ||
		cmsg->cmsg_len != CMSG_LEN(sizeof(fd)))
		return -EPERM;
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));
	return fd;
}

int fusermount_mount(
	const char *path, const char *options, int *fdp, struct sb_error *err)
{
	char *const argv[] = { "fusermount3", "-o", (char *)options, "--",
		(char *)path, NULL };
	int64_t deadline_ms = clock_now_ms() + MOUNT_LIMIT_MS;
	_cleanup_fd_ int ours = -1, theirs = -1, fd = -1;
	struct helper helper = { 0 };
	int pair[2];
	int r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		r = -errno;
		sb_error_set(
			err, "Cannot make a socket pair: %s", strerror(-r));
		return r;
	}
	ours = pair[0];
	theirs = pair[1];
	r = helper_start(&helper, argv, theirs, err);
	if (r < 0)
		return r;
	/* Only the helper holds it now: its end is the end of the stream. */
	close(fd_steal(&theirs));
	fd = receive_fd(ours, deadline_ms);
	r = helper_finish(&helper, deadline_ms);
	if (fd >= 0 && r != -ETIMEDOUT) {
		*fdp = fd_steal(&fd);
		return 0;
	}
	if (r == -ETIMEDOUT) {
		sb_error_set(err, "fusermount3 did not end within %d s%s%s",
			MOUNT_LIMIT_MS / 1000, helper.text[0] ? ": " : "",
			helper.text);
		return r;
	}
	sb_error_set(err, "fusermount3: %s",
		helper.text[0] ? helper.text : "failed without a word");
	return -EPERM;
}

int fusermount_unmount(const char *path, bool lazy, struct sb_error *err)
{
	char *const argv[] = { "fusermount3", lazy ? "-uz" : "-u", "--",
		(char *)path, NULL };
	struct helper helper = { 0 };
	int r;

	r = helper_start(&helper, argv, -1, err);
	if (r < 0)
		return r;
	r = helper_finish(&helper, clock_now_ms() + UNMOUNT_LIMIT_MS);
	if (r == -ETIMEDOUT)
		sb_error_set(err, "fusermount3 -u did not end within %d s",
			UNMOUNT_LIMIT_MS / 1000);
	else if (r < 0)
		sb_error_set(err, "fusermount3: %s",
			helper.text[0] ? helper.text : "failed without a word");
	if (r == -EPERM && strstr(helper.text, "busy"))
		r = -EBUSY;
	return r;
}
