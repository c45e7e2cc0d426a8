/* What this kernel's FUSE offers: see probe.h. */
#include "fuse/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuse/uapi/kfuse.h"
#include "util/fd.h"

#define LIMIT_MS 3000

/* What the child writes to the pipe. */
struct answer {
	int error; /* positive errno */
	char step[32];
	struct kfuse_offer offer;
};

static bool put_file(const char *path, const char *text)
{
	_cleanup_fd_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 &&
	       write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* A user namespace in which we are root, with a mount namespace. */
static bool become_root_of_namespace(void)
{
	char uid_map[32], gid_map[32];

	snprintf(uid_map, sizeof(uid_map), "0 %u 1", (unsigned int)geteuid());
	snprintf(gid_map, sizeof(gid_map), "0 %u 1", (unsigned int)getegid());
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
	       put_file("/proc/self/setgroups", "deny") &&
	       put_file("/proc/self/uid_map", uid_map) &&
	       put_file("/proc/self/gid_map", gid_map);
}

static int read_init(int fd, struct kfuse_offer *offer)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	/* The kernel insists on room for its largest request. */
	static char buf[FUSE_MIN_READ_BUFFER + 4096];
	struct fuse_in_header header;
	struct fuse_init_in init = { 0 };
	uint64_t flags;
	ssize_t n;

	if (poll(&pollfd, 1, LIMIT_MS) <= 0)
		return ETIMEDOUT;
	n = read(fd, buf, sizeof(buf));
	if (n < 0)
		return errno;
	if ((size_t)n < sizeof(header) + offsetof(struct fuse_init_in, flags2))
		return EPROTO;
	memcpy(&header, buf, sizeof(header));
	n -= (ssize_t)sizeof(header);
	memcpy(&init, buf + sizeof(header),
		(size_t)n < sizeof(init) ? (size_t)n : sizeof(init));
	if (header.opcode != FUSE_INIT)
		return EPROTO;
	flags = init.flags;
	if (init.flags & FUSE_INIT_EXT)
		flags |= (uint64_t)init.flags2 << 32;
	*offer = (struct kfuse_offer){
		.major = init.major,
		.minor = init.minor,
		.uring = flags & KFUSE_INIT_OVER_IO_URING,
		.passthrough = flags & KFUSE_INIT_PASSTHROUGH,
	};
	return 0;
}

static int failed(struct answer *answer, const char *step)
{
	snprintf(answer->step, sizeof(answer->step), "%s", step);
	return errno;
}

static int probe_in_child(struct answer *answer)
{
	char data[96];
	int fd;

	if (unshare(CLONE_NEWNS) < 0 && !become_root_of_namespace())
		return failed(answer, "Making a mount namespace");
	/* What is mounted below must not show elsewhere. */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return failed(answer, "Making mounts private");
	fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return failed(answer, "Opening /dev/fuse");
	snprintf(data, sizeof(data),
		"fd=%d,rootmode=40000,user_id=%u,group_id=%u", fd,
		(unsigned int)geteuid(), (unsigned int)getegid());
	if (mount("sandboxfs-doctor", "/", "fuse", MS_NOSUID | MS_NODEV, data) <
		0)
		return failed(answer, "Mounting");
	errno = read_init(fd, &answer->offer);
	return errno ? failed(answer, "Reading INIT") : 0;
}

static int user_namespace_in_child(struct answer *answer)
{
	return become_root_of_namespace() ? 0 : failed(answer, "");
}

/* Runs @function in a child for LIMIT_MS at most. */
static void in_child(int (*function)(struct answer *), struct answer *answer)
{
	struct pollfd pollfd = { .events = POLLIN };
	int fds[2];
	pid_t pid;

	memset(answer, 0, sizeof(*answer));
	if (pipe2(fds, O_CLOEXEC) < 0) {
		answer->error = failed(answer, "Making a pipe");
		return;
	}
	pid = fork();
	if (pid == 0) {
		answer->error = function(answer);
		_exit(write(fds[1], answer, sizeof(*answer)) !=
			sizeof(*answer));
	}
	answer->error = pid < 0 ? failed(answer, "Forking") : 0;
	close(fds[1]);
	pollfd.fd = fds[0];
	if (pid > 0 && (poll(&pollfd, 1, 2 * LIMIT_MS) <= 0 ||
			       read(fds[0], answer, sizeof(*answer)) !=
				       sizeof(*answer))) {
		errno = ETIMEDOUT;
		answer->error = failed(answer, "The child process");
	}
	close(fds[0]);
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

int kfuse_probe(struct kfuse_offer *offer, struct sb_error *err)
{
	struct answer answer;

	in_child(probe_in_child, &answer);
	if (answer.error)
		sb_error_set(
			err, "%s: %s", answer.step, strerror(answer.error));
	*offer = answer.offer;
	return -answer.error;
}

int kfuse_probe_user_namespace(void)
{
	struct answer answer;

	in_child(user_namespace_in_child, &answer);
	return -answer.error;
}
