/*
 * The reconfiguration server: see server.h.
 *
 * Locks: read_lock is held while waiting for input and decoding; write_lock
 * while writing one answer. A thread that holds one doesn't take the other,
 * nor calls core; the turns' lock is taken under read_lock.
 */
#include "control/server.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "control/commands.h"
#include "control/conn.h"
#include "control/input.h"
#include "control/turn.h"
#include "util/log.h"

/* What a pipe that polls writable takes without blocking. */
#define WRITE_SIZE 4096

enum end {
	END_NONE,
	END_EOF,
	END_FATAL,   /* end_error says why */
	END_STOPPED, /* by control_server_free() or for want of an output */
};

struct control_server {
	struct space *space;
	unsigned int n_threads;
	unsigned int n_started;
	pthread_t *threads;
	_Atomic unsigned int n_running;
	_Atomic bool stopping;
	int stop_fd; /* readable from when stopping is set */
	int eof_fd;

	pthread_mutex_t read_lock; /* of this group */
	struct input input;
	struct conn conn;
	enum end end;
	struct sb_error end_error;

	struct turns turns;

	pthread_mutex_t write_lock;
	int out_fd;
};

static void raise_event(int fd)
{
	/* Can only fail if the counter is at its end: readable anyway. */
	if (eventfd_write(fd, 1) < 0)
		return;
}

static void stop(struct control_server *server)
{
	atomic_store(&server->stopping, true);
	raise_event(server->stop_fd);
}

/* Waits until the output takes WRITE_SIZE bytes. Return: 0 or -errno. */
static int wait_output(struct control_server *server)
{
	struct pollfd fds[] = {
		{ .fd = server->out_fd, .events = POLLOUT },
		{ .fd = server->stop_fd, .events = POLLIN },
	};

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return -errno;
	/* Also when stopping, an answer is given if someone takes it. */
	return fds[0].revents ? 0 : -ECANCELED;
}

/* Writes one whole answer. Return: 0 or -errno. */
static int write_all(
	struct control_server *server, const char *data, size_t len)
{
	while (len > 0) {
		int r = wait_output(server);
		ssize_t n;

		if (r < 0)
			return r;
		n = write(server->out_fd, data,
			len < WRITE_SIZE ? len : WRITE_SIZE);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static void send_answer(
	struct control_server *server, const struct bytes *answer, int r)
{
	char text[128];

	pthread_mutex_lock(&server->write_lock);
	if (r == 0)
		r = write_all(server, answer->data, answer->len);
	/* Once part of an answer is lost, the rest makes no sense either. */
	if (r < 0 && !atomic_exchange(&server->stopping, true)) {
		log_warn("Failed to write to reconfiguration output: %s; file "
			 "system mappings are now frozen",
			sb_error_os(text, sizeof(text), -r));
		raise_event(server->stop_fd);
	}
	pthread_mutex_unlock(&server->write_lock);
}

static void end_on_error(struct control_server *server, const char *what, int r)
{
	char text[128];

	server->end = END_FATAL;
	sb_error_set(&server->end_error, "%s: %s", what,
		sb_error_os(text, sizeof(text), -r));
}

/*
 * Reads the next request, holding read_lock. Return: false if there is none,
 * with server->end telling why.
 */
static bool read_request(struct control_server *server, struct request *req)
{
	struct input *in = &server->input;
	enum decoded decoded;
	size_t used = 0;
	int r;

	for (;;) {
		if (atomic_load(&server->stopping)) {
			server->end = END_STOPPED;
			return false;
		}
		if (in->start < in->end) {
			decoded = conn_decode(&server->conn, req,
				in->buf + in->start, in->end - in->start, &used,
				&server->end_error);
			in->start += used;
		} else {
			r = input_fill(in);
			if (r > 0 || r == -ECANCELED)
				continue;
			if (r < 0) {
				end_on_error(server,
					"Failed to read reconfiguration input",
					r);
				return false;
			}
			decoded = conn_finish(
				&server->conn, req, &server->end_error);
		}
		switch (decoded) {
		case DECODED_MORE:
			break;
		case DECODED_REQUEST:
			return true;
		case DECODED_END:
			server->end = END_EOF;
			return false;
		case DECODED_FATAL:
			server->end = END_FATAL;
			return false;
		}
	}
}

static void close_fds(struct control_server *server)
{
	if (server->out_fd >= 0 && server->out_fd != server->input.fd)
		close(server->out_fd);
	server->out_fd = -1;
	input_close(&server->input);
}

/* The last thread has run out of requests: every answer has been given. */
static void finish(struct control_server *server)
{
	const struct codec *codec = server->conn.codec;
	struct bytes answer = { 0 };
	int r;

	switch (server->end) {
	case END_EOF:
		log_info("Reached end of reconfiguration input; file system "
			 "mappings are now frozen");
		break;
	case END_FATAL:
		r = codec->fatal(&answer, &server->end_error);
		send_answer(server, &answer, r);
		log_warn("Reconfigurations stopped due to an error: %s; file "
			 "system mappings are now frozen",
			server->end_error.text);
		break;
	default:
		break;
	}
	bytes_deinit(&answer);
	close_fds(server);
	raise_event(server->eof_fd);
}

static void *serve(void *ctx)
{
	struct control_server *server = ctx;
	const struct codec *codec = server->conn.codec;
	struct bytes answer = { 0 };
	struct sb_error err;
	struct request req;
	struct turn turn;
	bool more;
	int r;

	request_init(&req);
	for (;;) {
		request_reset(&req);
		pthread_mutex_lock(&server->read_lock);
		more = server->end == END_NONE && read_request(server, &req);
		if (more)
			turn_take(&server->turns, &turn,
				request_text(&req, req.id), req.id.len);
		pthread_mutex_unlock(&server->read_lock);
		if (!more)
			break;

		turn_wait(&server->turns, &turn);
		r = commands_run(server->space, &req, &err);
		answer.len = 0;
		r = codec->reply(&answer, &req, r < 0 ? &err : NULL);
		send_answer(server, &answer, r);
		turn_give(&server->turns, &turn);
	}
	request_deinit(&req);
	bytes_deinit(&answer);
	if (atomic_fetch_sub(&server->n_running, 1) == 1)
		finish(server);
	return NULL;
}

int control_server_new(struct control_server **serverp, struct space *space,
	const struct control_options *options, int in_fd, int out_fd,
	struct sb_error *err)
{
	const struct codec *codec = options->protocol == CONTROL_JSON_0_1
					    ? &codec_json_0_1
					    : &codec_json_0_2;
	struct control_server *server;
	char text[128];
	int r;

	if (options->threads == 0) {
		sb_error_set(err, "invalid thread count 0: at least one thread "
				  "is needed for reconfigurations");
		return -EINVAL;
	}
	server = calloc(1, sizeof(*server));
	if (!server)
		goto no_memory;
	server->space = space;
	server->n_threads = codec->serial ? 1 : options->threads;
	server->threads = calloc(server->n_threads, sizeof(*server->threads));
	if (!server->threads)
		goto free_server;
	server->stop_fd = eventfd(0, EFD_CLOEXEC);
	server->eof_fd = eventfd(0, EFD_CLOEXEC);
	if (server->stop_fd < 0 || server->eof_fd < 0) {
		r = -errno;
		goto close_events;
	}
	r = conn_init(&server->conn, codec);
	if (r < 0)
		goto close_events;
	/* Last, as it makes the descriptor ours. */
	r = input_init(&server->input, in_fd, server->stop_fd);
	if (r < 0)
		goto deinit_conn;
	server->out_fd = out_fd;
	turns_init(&server->turns);
	pthread_mutex_init(&server->read_lock, NULL);
	pthread_mutex_init(&server->write_lock, NULL);
	*serverp = server;
	return 0;

deinit_conn:
	conn_deinit(&server->conn);
close_events:
	if (server->stop_fd >= 0)
		close(server->stop_fd);
	if (server->eof_fd >= 0)
		close(server->eof_fd);
	free(server->threads);
	free(server);
	sb_error_set(err, "Failed to set up reconfigurations: %s",
		sb_error_os(text, sizeof(text), -r));
	return r;

free_server:
	free(server);
no_memory:
	sb_error_set(err, "Failed to set up reconfigurations: %s",
		sb_error_os(text, sizeof(text), ENOMEM));
	return -ENOMEM;
}

static void join_threads(struct control_server *server)
{
	for (unsigned int i = 0; i < server->n_started; i++)
		pthread_join(server->threads[i], NULL);
	server->n_started = 0;
}

int control_server_start(struct control_server *server, struct sb_error *err)
{
	char text[128];
	char name[24]; /* 15 characters are shown */

	log_info("Using %u threads for reconfigurations", server->n_threads);
	/* All count from the start: none may think it is the last. */
	atomic_store(&server->n_running, server->n_threads);
	for (unsigned int i = 0; i < server->n_threads; i++) {
		int r = -pthread_create(
			&server->threads[i], NULL, serve, server);

		if (r < 0) {
			stop(server);
			join_threads(server);
			sb_error_set(err,
				"Failed to start reconfiguration thread %u of "
				"%u: %s",
				i + 1, server->n_threads,
				sb_error_os(text, sizeof(text), -r));
			return r;
		}
		server->n_started++;
		snprintf(name, sizeof(name), "control-%u", i % 10000000);
		pthread_setname_np(server->threads[i], name);
	}
	return 0;
}

int control_server_eof_fd(struct control_server *server)
{
	return server->eof_fd;
}

struct control_server *control_server_free(struct control_server *server)
{
	if (!server)
		return NULL;
	stop(server);
	join_threads(server);
	pthread_mutex_destroy(&server->write_lock);
	pthread_mutex_destroy(&server->read_lock);
	turns_deinit(&server->turns);
	conn_deinit(&server->conn);
	close_fds(server); /* if no thread ever ran */
	input_deinit(&server->input);
	close(server->stop_fd);
	close(server->eof_fd);
	free(server->threads);
	free(server);
	return NULL;
}
