/* The guard: see guard.h. */
#include "daemon/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuse/unmount.h"

/* How long the guard looks after the mount once the daemon is dead. */
#define RECOVER_LIMIT_MS 10000
#define RECOVER_STEP_MS  50

/* How long the daemon waits for the guard to go. */
#define LEAVE_LIMIT_MS 2000

struct guard {
	pid_t pid;
	int fd;
};

/* What the daemon writes to the pipe. */
struct message {
	enum { GUARD_MOUNTED, GUARD_CLEAN } kind;
	struct mount_identity identity;
};

/* Holds nothing open but the pipe, and null devices as standard streams. */
static void close_others(int keep)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (null < 0)
			close(fd);
		else if (null != fd)
			dup2(null, fd);
	if (keep > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, (unsigned int)keep - 1, 0);
	close_range((unsigned int)keep + 1, ~0U, 0);
}

/* While @told is unknown everything matches. */
static bool is_same(
	const struct mount_identity *told, const struct mount_identity *found)
{
	return !told->id || (told->dev == found->dev && told->id == found->id);
}

/*
 * One look at the mount point. Return: whether it has to be looked at again,
 * because the kernel hasn't ended the connection yet.
 */
static bool look(const char *path, const struct mount_identity *told)
{
	struct mount_identity found;
	enum mount_state state;

	/* Known for certain: wherever it is by now, it goes. */
	if (told->unique_id) {
		if (mount_is_there(told))
			mount_detach(told, NULL);
		return false;
	}
	state = mount_probe(path, &found);
	if (state == MOUNT_DEAD && is_same(told, &found)) {
		mount_detach(&found, NULL);
		/* Before we were told, there may be an older one below. */
		return !told->id;
	}
	/* What answers is a successor's, for our daemon is dead. */
	return state == MOUNT_SILENT && told->id && is_same(told, &found);
}

static void recover(const char *path, const struct mount_identity *told)
{
	int waited_ms = 0;
	bool again;
	int lock;

	for (;;) {
		lock = mount_lock(path);
		again = look(path, told);
		if (lock >= 0)
			close(lock);
		if (!again || waited_ms >= RECOVER_LIMIT_MS)
			return;
		poll(NULL, 0, RECOVER_STEP_MS);
		waited_ms += RECOVER_STEP_MS;
	}
}

static void __attribute__((noreturn)) guard_main(int fd, const char *path)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM,
		SIGPIPE, SIGUSR1 };
	struct mount_identity told = { 0 };
	struct message message;
	sigset_t none;
	ssize_t n;

	setsid();
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_NAME, "sandboxfs-guard");
	/* Our working directory would keep its file system busy. */
	if (chdir("/") < 0)
		_exit(1);
	close_others(fd);

	for (;;) {
		n = read(fd, &message, sizeof(message));
		if (n < 0 && errno == EINTR)
			continue;
		if (n != sizeof(message))
			break;
		if (message.kind == GUARD_CLEAN)
			_exit(0);
		told = message.identity;
	}
	recover(path, &told);
	_exit(0);
}

int guard_new(struct guard **guardp, const char *path, struct sb_error *err)
{
	struct guard *guard = malloc(sizeof(*guard));
	int fds[2];
	int r;

	if (!guard)
		return -ENOMEM;
	if (pipe2(fds, O_CLOEXEC) < 0) {
		r = -errno;
		goto failed;
	}
	guard->fd = fds[1];
	guard->pid = fork();
	if (guard->pid == 0) {
		close(fds[1]);
		guard_main(fds[0], path);
	}
	r = -errno;
	close(fds[0]);
	if (guard->pid > 0) {
		*guardp = guard;
		return 0;
	}
	close(fds[1]);
failed:
	free(guard);
	sb_error_set(err, "Cannot start the guard process: %s", strerror(-r));
	return r;
}

void guard_share(struct guard *guard, bool share)
{
	if (guard)
		fcntl(guard->fd, F_SETFD, share ? 0 : FD_CLOEXEC);
}

static void send_message(struct guard *guard, const struct message *message)
{
	/* A guard that somebody killed is no reason to fail. */
	if (write(guard->fd, message, sizeof(*message)) < 0)
		return;
}

void guard_tell(struct guard *guard, const struct mount_identity *identity)
{
	struct message message;

	if (!guard)
		return;
	memset(&message, 0, sizeof(message));
	message.kind = GUARD_MOUNTED;
	message.identity = *identity;
	send_message(guard, &message);
}

struct guard *guard_free(struct guard *guard)
{
	struct pollfd pollfd = { .events = POLLIN };
	struct message message;

	if (!guard)
		return NULL;
	memset(&message, 0, sizeof(message));
	message.kind = GUARD_CLEAN;
	send_message(guard, &message);
	close(guard->fd);
	pollfd.fd = (int)syscall(SYS_pidfd_open, guard->pid, 0);
	if (pollfd.fd < 0 || poll(&pollfd, 1, LEAVE_LIMIT_MS) <= 0)
		kill(guard->pid, SIGKILL);
	if (pollfd.fd >= 0)
		close(pollfd.fd);
	waitpid(guard->pid, NULL, 0);
	free(guard);
	return NULL;
}
