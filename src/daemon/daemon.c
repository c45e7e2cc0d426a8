/*
 * The daemon's life: see daemon.h.
 *
 * The main thread does nothing but wait for events in watch() and act on
 * them; requests are served by the session's threads, and reconfigurations by
 * the control server's. All threads inherit the blocked signals, which the
 * main thread takes from a signalfd.
 *
 * Nothing may wait for ever: unmounting has a limit of its own, and for what
 * has none (a thread stuck in a file system of the host that hangs) there is
 * process_limit(), after which the guard cleans up.
 */
#include "daemon/daemon.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/space.h"
#include "daemon/guard.h"
#include "daemon/process.h"
#include "fuse/mount.h"
#include "fuse/unmount.h"
#include "util/clock.h"
#include "util/fd.h"
#include "util/log.h"

/* Mounting and starting take this long at most. */
#define START_LIMIT_S 60
/* So does ending, beyond the grace period. */
#define STOP_LIMIT_S 15

/* Logs, but doesn't wait for whoever should read it: life is more important. */
#define say(level, ...)                                                        \
	do {                                                                   \
		if (log_enabled(level) && process_can_write(STDERR_FILENO))    \
			log_write(level, __VA_ARGS__);                         \
	} while (0)

#define BACKOFF_FIRST_MS 10
#define BACKOFF_LAST_MS  1000

struct daemon {
	const struct daemon_options *options;
	const struct parent *parent;
	int signal_fd;
	struct guard *guard;
	struct kfuse_mount *mount;
	struct kfuse_session *session;
	struct control_server *control;

	bool input_is_stream; /* a pipe or a socket */
	bool input_ended;
	bool parent_gone;

	/* On the way down. */
	bool stopping;
	bool unmounted; /* from the tree; the session may live on */
	int64_t retry_ms, deadline_ms;
	int backoff_ms;
	int n_tries;
	struct sb_error why;
};

static void print_counters(struct daemon *d)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return;
	kfuse_session_print_counters(d->session, out);
	/* Whoever holds our standard error may not be reading it. */
	if (fclose(out) == 0)
		process_write(STDERR_FILENO, text, len);
	free(text);
}

/* Return: a termination signal that has come, or 0. */
static int take_signal(struct daemon *d)
{
	struct signalfd_siginfo info;

	while (read(d->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGUSR1)
			return (int)info.ssi_signo;
		if (d->session)
			print_counters(d);
	}
	return 0;
}

static void begin_stop(struct daemon *d)
{
	unsigned int limit_s = d->options->grace_s;

	limit_s = limit_s < UINT_MAX - STOP_LIMIT_S ? limit_s + STOP_LIMIT_S
						    : UINT_MAX;
	process_limit(limit_s);
	d->stopping = true;
	d->retry_ms = clock_now_ms();
	d->deadline_ms = d->retry_ms + d->options->grace_s * INT64_C(1000);
	d->backoff_ms = BACKOFF_FIRST_MS;
}

static void on_signal(struct daemon *d, int signo)
{
	if (d->stopping) {
		say(LOG_INFO, "Caught signal %d; not waiting any longer",
			signo);
		d->deadline_ms = clock_now_ms();
	} else {
		begin_stop(d);
		say(LOG_INFO, "Caught signal %d; unmounting %s", signo,
			kfuse_mount_path(d->mount));
	}
	/* One that comes after the parent's death doesn't change the reason. */
	if (!d->why.text[0])
		sb_error_set(&d->why, "Caught signal %d", signo);
}

static void check_client(struct daemon *d)
{
	bool asked = d->options->die_with_parent;

	if (d->stopping || !d->parent_gone ||
		!(asked || (d->input_is_stream && d->input_ended)))
		return;
	begin_stop(d);
	sb_error_set(&d->why, "The parent process has died%s",
		asked ? "" : " and the input has ended");
	say(LOG_WARN, "%s; unmounting %s", d->why.text,
		kfuse_mount_path(d->mount));
}

static void try_unmount(struct daemon *d)
{
	struct sb_error err = { 0 };
	int r;

	r = kfuse_mount_unmount(d->mount, &err);
	if (r == 0) {
		/* What was opened before, or in other mount namespaces, may
		 * keep the session alive until the deadline. */
		d->unmounted = true;
		return;
	}
	/* Once at once, for the tests of 0.2 and whoever watches; then only
	 * when it takes long, as 0.2 did. */
	if (d->n_tries++ == 0 || d->backoff_ms == BACKOFF_LAST_MS)
		say(LOG_WARN,
			"Unmounting file system failed with '%s'; will retry "
			"in %d%s",
			err.text,
			d->backoff_ms < 1000 ? d->backoff_ms
					     : d->backoff_ms / 1000,
			d->backoff_ms < 1000 ? "ms" : "s");
	if (r == -ETIMEDOUT) /* it hangs, and only an abort will end that */
		d->deadline_ms = clock_now_ms();
	d->retry_ms = clock_now_ms() + d->backoff_ms;
	d->backoff_ms *= 2;
	if (d->backoff_ms > BACKOFF_LAST_MS)
		d->backoff_ms = BACKOFF_LAST_MS;
}

/* How long poll() may wait; -1 for ever. */
static int next_timeout(const struct daemon *d)
{
	int64_t until = d->deadline_ms, left;

	if (!d->stopping)
		return -1;
	if (!d->unmounted && d->retry_ms < until)
		until = d->retry_ms;
	left = until - clock_now_ms();
	if (left <= 0)
		return 0;
	return left < INT_MAX ? (int)left : INT_MAX;
}

/* Return: true if the session has ended, false if it has to be ended. */
static bool watch(struct daemon *d)
{
	enum { SIGNAL, END, INPUT, PARENT, N };
	struct pollfd fds[N] = {
		[SIGNAL] = { .fd = d->signal_fd, .events = POLLIN },
		[END] = { .fd = kfuse_session_end_fd(d->session),
			.events = POLLIN },
		[INPUT] = { .fd = control_server_eof_fd(d->control),
			.events = POLLIN },
		[PARENT] = { .fd = d->parent->fd, .events = POLLIN },
	};
	int signo;

	for (;;) {
		check_client(d);
		/* The first try comes before the deadline, be it now. */
		if (d->stopping && !d->unmounted &&
			clock_now_ms() >= d->retry_ms)
			try_unmount(d);
		if (poll(fds, N, next_timeout(d)) < 0)
			continue;
		if (fds[SIGNAL].revents && (signo = take_signal(d)))
			on_signal(d, signo);
		if (fds[END].revents)
			return true;
		if (fds[INPUT].revents) {
			d->input_ended = true;
			fds[INPUT].fd = -1;
		}
		if (fds[PARENT].revents) {
			d->parent_gone = true;
			fds[PARENT].fd = -1;
		}
		if (d->stopping && clock_now_ms() >= d->deadline_ms)
			return false;
	}
}

static int caught(int signo, struct sb_error *err)
{
	say(LOG_INFO, "Caught signal %d", signo);
	sb_error_set(err, "Caught signal %d", signo);
	return -EINTR;
}

static int start_mount(
	struct daemon *d, struct space *space, struct sb_error *err)
{
	const struct daemon_options *o = d->options;
	struct kfuse_mount_options mount_options = {
		.allow_other = o->allow_other,
	};
	_cleanup_fd_ int fuse_fd = -1;
	char path[PATH_MAX], text[128];
	int signo, r;

	if (!realpath(o->mount_point, path)) {
		r = -errno;
		sb_error_set(err, "%s", sb_error_os(text, sizeof(text), -r));
		return r;
	}
	if (o->guard) {
		r = guard_new(&d->guard, path, err);
		if (r < 0)
			return r;
	}
	guard_share(d->guard, true);
	r = kfuse_mount_new(&d->mount, path, &mount_options, &fuse_fd, err);
	guard_share(d->guard, false);
	if (r == 0) {
		guard_tell(d->guard, kfuse_mount_identity(d->mount));
		space_set_own_device(
			space, kfuse_mount_identity(d->mount)->dev);
	}
	signo = take_signal(d);
	if (signo)
		return caught(signo, err);
	if (r < 0)
		return r;
	r = kfuse_session_new(&d->session, space, &o->fuse, fuse_fd, err);
	if (r < 0)
		return r;
	fd_steal(&fuse_fd);
	return kfuse_session_start(d->session, err);
}

static int start(struct daemon *d, struct space *space, struct sb_error *err)
{
	char text[128];
	int signo, r;

	d->signal_fd = process_take_signals();
	if (d->signal_fd < 0) {
		sb_error_set(err, "Cannot take signals: %s",
			sb_error_os(text, sizeof(text), -d->signal_fd));
		return d->signal_fd;
	}
	process_limit(START_LIMIT_S);
	r = start_mount(d, space, err);
	if (r < 0)
		return r;
	/* Only now: the first answer tells the client that we are mounted. */
	r = control_server_start(d->control, err);
	if (r < 0)
		return r;
	process_limit(0);
	say(LOG_INFO, "serving %s: %s", kfuse_mount_path(d->mount),
		kfuse_session_describe(d->session));
	signo = take_signal(d);
	if (signo)
		on_signal(d, signo);
	return 0;
}

/*
 * Takes down whatever there is, with @ended telling whether the session has
 * ended by itself. Return: 0, or -errno of the session with @err set.
 */
static int stop(struct daemon *d, bool ended, struct sb_error *err)
{
	struct sb_error why = { 0 };
	char text[128];
	int r = 0, left = 0;

	process_limit(STOP_LIMIT_S); /* counts from now */
	if (d->mount && !ended && kfuse_mount_detach(d->mount, &why) < 0)
		say(LOG_ERROR, "Cannot detach %s: %s",
			kfuse_mount_path(d->mount), why.text);
	/* Its threads use the session to drop what the kernel caches. */
	d->control = control_server_free(d->control);
	if (d->session)
		r = kfuse_session_stop(d->session);
	if (r < 0)
		sb_error_set(err, "Serving failed: %s",
			sb_error_os(text, sizeof(text), -r));
	if (d->mount && ended)
		left = kfuse_mount_clean(d->mount, &why);
	if (left < 0)
		say(LOG_ERROR, "Cannot detach %s: %s",
			kfuse_mount_path(d->mount), why.text);
	if (left && r == 0) {
		sb_error_set(err, "Somebody aborted the connection");
		r = -ECONNABORTED;
	}
	d->session = kfuse_session_free(d->session);
	d->mount = kfuse_mount_free(d->mount);
	d->guard = guard_free(d->guard);
	return r;
}

/* Is it a pipe or a socket: something that a living client holds? */
static bool is_stream(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	       (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

int daemon_run(struct space *space, const struct daemon_options *options,
	const struct parent *parent, struct sb_error *err)
{
	struct daemon d = {
		.options = options,
		.parent = parent,
		.signal_fd = -1,
		.input_is_stream = is_stream(options->input_fd),
		.parent_gone = parent->gone,
	};
	bool ended;
	int signo, r;

	r = control_server_new(&d.control, space, &options->control,
		options->input_fd, options->output_fd, err);
	if (r < 0) {
		close(options->input_fd);
		close(options->output_fd);
		return r;
	}
	r = start(&d, space, err);
	if (r < 0) {
		/* Without a session, nobody holds the connection any more. */
		stop(&d, !d.session, NULL);
		goto out;
	}
	ended = watch(&d);
	if (!ended)
		say(LOG_WARN,
			"%s is still in use%s: detaching it, what is open "
			"there gets errors from now on",
			kfuse_mount_path(d.mount),
			d.unmounted ? " (from another mount namespace, maybe)"
				    : "");
	r = stop(&d, ended, err);
	/* As in 0.2, even one that came while we were being unmounted. */
	signo = take_signal(&d);
	if (signo && !d.why.text[0])
		sb_error_set(&d.why, "Caught signal %d", signo);
	if (d.why.text[0]) {
		say(LOG_INFO, "%s", d.why.text);
		*err = d.why;
		r = -EINTR;
	}
out:
	process_limit(0);
	if (d.signal_fd >= 0)
		close(d.signal_fd);
	return r;
}
