/* The server: its threads, the order of answers, and all ways to end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "control/bytes.h"
#include "control/server.h"
#include "control/test-fake.h"

/* Long enough for a loaded machine, and only waited for when all is lost. */
#define PATIENCE_MS 30000

struct client {
	struct control_server *server;
	int to;   /* its input */
	int from; /* its output */
	struct bytes got;
};

static void start(
	struct client *c, enum control_protocol protocol, unsigned int threads)
{
	struct control_options options = { protocol, threads };
	struct sb_error err;
	int in[2], out[2];

	memset(c, 0, sizeof(*c));
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(control_server_new(&c->server, NULL, &options, in[0],
				 out[1], &err),
		0);
	c->to = in[1];
	c->from = out[0];
	assert_int_equal(control_server_start(c->server, &err), 0);
}

static void end_input(struct client *c)
{
	close(c->to);
	c->to = -1;
}

static void end(struct client *c)
{
	c->server = control_server_free(c->server);
	assert_null(c->server);
	if (c->to >= 0)
		close(c->to);
	if (c->from >= 0)
		close(c->from);
	bytes_deinit(&c->got);
	fake_reset();
}

static void say_bytes(struct client *c, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(c->to, data, len);

		assert_true(n > 0);
		data += n;
		len -= (size_t)n;
	}
}

static void say(struct client *c, const char *text)
{
	say_bytes(c, text, strlen(text));
}

static bool wait_readable(int fd, int timeout_ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, timeout_ms) == 1;
}

/* The next line of the answers, without its newline; to be freed. */
static char *hear(struct client *c)
{
	char *newline;
	char *line;
	size_t len;

	for (;;) {
		ssize_t n;

		newline = c->got.len ? memchr(c->got.data, '\n', c->got.len)
				     : NULL;
		if (newline)
			break;
		assert_true(wait_readable(c->from, PATIENCE_MS));
		assert_int_equal(bytes_reserve(&c->got, 4096), 0);
		n = read(c->from, c->got.data + c->got.len, 4096);
		assert_true(n > 0);
		c->got.len += (size_t)n;
	}
	len = (size_t)(newline - c->got.data);
	line = strndup(c->got.data, len);
	assert_non_null(line);
	c->got.len -= len + 1;
	memmove(c->got.data, newline + 1, c->got.len);
	return line;
}

static void expect(struct client *c, const char *line)
{
	char *got = hear(c);

	assert_string_equal(got, line);
	free(got);
}

static void expect_ended(struct client *c)
{
	int fd = control_server_eof_fd(c->server);

	assert_true(wait_readable(fd, PATIENCE_MS));
	/* It stays so. */
	assert_true(wait_readable(fd, 0));
}

/* The output has been closed. */
static void expect_silence(struct client *c)
{
	char byte;

	assert_true(wait_readable(c->from, PATIENCE_MS));
	assert_int_equal(read(c->from, &byte, 1), 0);
}

static void expect_alive(struct client *c)
{
	assert_false(wait_readable(control_server_eof_fd(c->server), 0));
}

static void test_answers_at_once(void **state)
{
	struct client c;

	for (unsigned int threads = 1; threads <= 3; threads++) {
		start(&c, CONTROL_JSON_0_2, threads);
		say(&c, "{\"D\":\"a\"");
		assert_false(wait_readable(c.from, 20));
		/* Nothing comes behind the brace, and nothing is waited for. */
		say(&c, "}");
		expect(&c, "{\"id\":\"a\",\"error\":null}");
		say(&c, " {\"D\":\"b\"}{\"D\":\"absent\"");
		expect(&c, "{\"id\":\"b\",\"error\":null}");
		say(&c, "}");
		expect(&c, "{\"id\":\"absent\",\"error\":\"Unknown entry\"}");
		expect_alive(&c);
		end_input(&c);
		expect_ended(&c);
		expect_silence(&c);
		end(&c);
	}
}

static void test_large(void **state)
{
	struct bytes text = { 0 };
	struct client c;
	char line[128];

	start(&c, CONTROL_JSON_0_2, 2);
	assert_int_equal(
		bytes_append_text(&text, "{\"C\":{\"i\":\"a\","
					 "\"q\":{\"1\":\"/p\"},\"m\":["),
		0);
	for (int i = 0; i < 50000; i++) {
		snprintf(line, sizeof(line),
			"%s{\"x\":1,\"p\":\"file%d\",\"u\":\"/u/file%d\"}",
			i ? "," : "", i, i);
		assert_int_equal(bytes_append_text(&text, line), 0);
	}
	assert_int_equal(bytes_append_text(&text, "]}}{\"D\":\"a\"}"), 0);
	say_bytes(&c, text.data, text.len);
	expect(&c, "{\"id\":\"a\",\"error\":null}");
	expect(&c, "{\"id\":\"a\",\"error\":null}");
	assert_memory_equal(
		fake_calls(), "create a [/p/file0 -> /u/file0 ro, ", 35);
	assert_non_null(strstr(fake_calls(),
		", /p/file49999 -> /u/file49999 ro]\ndestroy a\n"));
	bytes_deinit(&text);
	end(&c);
}

static void test_ends(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} cases[] = {
		{ "{}", "{\"id\":null,\"error\":\"expected value at line 1 "
			"column 2\"}" },
		{ "{\"D\":\"a\"", "{\"id\":null,\"error\":\"EOF while parsing "
				  "an object at line 1 column 8\"}" },
	};
	struct client c;

	for (size_t i = 0; i < 2; i++) {
		for (unsigned int threads = 1; threads <= 3; threads++) {
			start(&c, CONTROL_JSON_0_2, threads);
			say(&c, cases[i].in);
			if (i == 1)
				end_input(&c);
			expect(&c, cases[i].out);
			expect_ended(&c);
			/* Nothing more is read, nor will be said. */
			if (i == 0) {
				assert_int_equal(write(c.to, "{}", 2), -1);
				assert_int_equal(errno, EPIPE);
			}
			expect_silence(&c);
			assert_string_equal(fake_calls(), "");
			end(&c);
		}
	}
}

/* However many threads wait for input, they can be stopped. */
static void test_stop_reading(void **state)
{
	struct client c;

	for (unsigned int threads = 1; threads <= 4; threads++) {
		start(&c, CONTROL_JSON_0_2, threads);
		say(&c, "{\"D\":\"a\"} {\"D\":");
		expect(&c, "{\"id\":\"a\",\"error\":null}");
		end(&c);
		/* Never started. */
		start(&c, CONTROL_JSON_0_2, threads);
		end(&c);
	}
}

static void *free_server(void *ctx)
{
	struct client *c = ctx;

	c->server = control_server_free(c->server);
	return NULL;
}

/* The client doesn't read its answers: we must not wait for it for ever. */
static void test_stop_writing(void **state)
{
	struct timespec until;
	struct client c;
	pthread_t thread;
	ssize_t n = 1;
	int size;

	start(&c, CONTROL_JSON_0_2, 2);
	assert_int_equal(fcntl(c.to, F_SETFL, O_NONBLOCK), 0);
	size = fcntl(c.from, F_GETPIPE_SZ);
	assert_true(size > 0);
	/* Until neither pipe takes any more. */
	do {
		n = write(c.to, "{\"D\":\"a\"}{\"D\":\"b\"}", 18);
		if (n < 0) {
			struct pollfd pfd = { .fd = c.to, .events = POLLOUT };

			n = poll(&pfd, 1, 200);
		}
	} while (n > 0);
	expect_alive(&c);
	assert_int_equal(pthread_create(&thread, NULL, free_server, &c), 0);
	assert_int_equal(clock_gettime(CLOCK_REALTIME, &until), 0);
	until.tv_sec += PATIENCE_MS / 1000;
	assert_int_equal(pthread_timedjoin_np(thread, NULL, &until), 0);
	end(&c);
}

static void test_output_closed(void **state)
{
	struct client c;

	for (unsigned int threads = 1; threads <= 3; threads++) {
		start(&c, CONTROL_JSON_0_2, threads);
		close(c.from);
		c.from = -1;
		say(&c, "{\"D\":\"a\"}");
		expect_ended(&c);
		end(&c);
	}
}

static void test_refused(void **state)
{
	struct control_options options = { CONTROL_JSON_0_2, 0 };
	struct control_server *server = NULL;
	struct sb_error err;
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(control_server_new(
				 &server, NULL, &options, fds[0], fds[1], &err),
		-EINVAL);
	assert_non_null(strstr(err.text, "invalid thread count 0"));
	/* The descriptors are still ours; given to a server that is never
	 * started, they go with it. */
	options.threads = 1;
	assert_int_equal(control_server_new(
				 &server, NULL, &options, fds[0], fds[1], &err),
		0);
	assert_null(control_server_free(server));
	assert_int_equal(close(fds[0]), -1);
	assert_int_equal(close(fds[1]), -1);
	assert_null(control_server_free(NULL));
}

/* What can't be read ends the server, with a reason. */
static void test_bad_input(void **state)
{
	struct control_options options = { CONTROL_JSON_0_2, 2 };
	struct client c = { .to = -1 };
	struct sb_error err;
	int out[2];

	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	c.from = out[0];
	assert_int_equal(control_server_new(&c.server, NULL, &options,
				 open("/", O_RDONLY | O_CLOEXEC), out[1], &err),
		0);
	assert_int_equal(control_server_start(c.server, &err), 0);
	expect(&c, "{\"id\":null,\"error\":\"Failed to read reconfiguration "
		   "input: Is a directory (os error 21)\"}");
	expect_ended(&c);
	end(&c);
}

/* One socket may be both input and output. */
static void test_socket(void **state)
{
	struct control_options options = { CONTROL_JSON_0_2, 2 };
	struct client c = { 0 };
	struct sb_error err;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(control_server_new(&c.server, NULL, &options, fds[0],
				 fds[0], &err),
		0);
	assert_int_equal(control_server_start(c.server, &err), 0);
	c.to = fds[1];
	c.from = dup(fds[1]);
	say(&c, "{\"D\":\"a\"}");
	expect(&c, "{\"id\":\"a\",\"error\":null}");
	end(&c);
}

static sem_t entered;
static sem_t go_on;

/* Requests for ids that begin with "slow" wait until they are let go. */
static void hold_slow(const char *id, size_t len)
{
	if (len < 4 || memcmp(id, "slow", 4) != 0)
		return;
	sem_post(&entered);
	sem_wait(&go_on);
}

static void set_hold(void)
{
	assert_int_equal(sem_init(&entered, 0, 0), 0);
	assert_int_equal(sem_init(&go_on, 0, 0), 0);
	fake_hook = hold_slow;
}

/* A slow request holds up none but those with its id. */
static void test_at_the_same_time(void **state)
{
	struct client c;

	set_hold();
	start(&c, CONTROL_JSON_0_2, 3);
	say(&c, "{\"C\":{\"i\":\"slow\"}}");
	sem_wait(&entered);
	say(&c, "{\"D\":\"slow\"}{\"D\":\"a\"}{\"D\":\"b\"}");
	expect(&c, "{\"id\":\"a\",\"error\":null}");
	expect(&c, "{\"id\":\"b\",\"error\":null}");
	assert_false(wait_readable(c.from, 20));
	assert_string_equal(fake_calls(), "destroy a\ndestroy b\n");
	sem_post(&go_on);
	expect(&c, "{\"id\":\"slow\",\"error\":null}");
	sem_post(&go_on);
	expect(&c, "{\"id\":\"slow\",\"error\":null}");
	assert_string_equal(fake_calls(),
		"destroy a\ndestroy b\ncreate slow []\ndestroy slow\n");
	end(&c);
}

/* The last words come last, and so does the news of the end. */
static void test_fatal_last(void **state)
{
	struct client c;

	set_hold();
	start(&c, CONTROL_JSON_0_2, 3);
	say(&c, "{\"D\":\"slow\"}[");
	sem_wait(&entered);
	assert_false(wait_readable(c.from, 20));
	expect_alive(&c);
	sem_post(&go_on);
	expect(&c, "{\"id\":\"slow\",\"error\":null}");
	expect(&c, "{\"id\":null,\"error\":\"expected value at line 1 column "
		   "13\"}");
	expect_ended(&c);
	end(&c);
}

/* 0.1 keeps to the order of requests, whatever number of threads is asked. */
static void test_serial(void **state)
{
	struct bytes calls = { 0 };
	struct client c;
	char text[64];

	start(&c, CONTROL_JSON_0_1, 4);
	for (int i = 0; i < 500; i++) {
		snprintf(text, sizeof(text), "[{\"Unmap\":\"/%d\"}]\n\n", i);
		say(&c, text);
		snprintf(text, sizeof(text), "unmap /%d\n", i);
		assert_int_equal(bytes_append_text(&calls, text), 0);
	}
	say(&c, "[{\"Unmap\":\"/absent\"}]\n\n");
	for (int i = 0; i < 500; i++)
		expect(&c, "Done");
	expect(&c, "Reconfig failed: Unknown entry");
	assert_memory_equal(fake_calls(), calls.data, calls.len);
	bytes_deinit(&calls);
	end(&c);
}

#define IDS    7
#define ROUNDS 3000

static _Atomic int busy[IDS];
static _Atomic int overlaps;

/* Looks out for two requests of one id at the same time. */
static void watch_overlap(const char *id, size_t len)
{
	int i = id[0] - '0';

	/* Relaxed, so as not to order what is to be found out of order. */
	if (atomic_fetch_add_explicit(&busy[i], 1, memory_order_relaxed))
		atomic_fetch_add_explicit(&overlaps, 1, memory_order_relaxed);
	for (volatile int spin = 0; spin < (i + 1) * 100; spin++)
		;
	atomic_fetch_sub_explicit(&busy[i], 1, memory_order_relaxed);
}

static void *say_many(void *ctx)
{
	struct client *c = ctx;
	char text[128];

	for (int i = 0; i < ROUNDS; i++) {
		/* Runs of the same id, and changes of it. */
		int id = i / 3 * i % IDS;

		snprintf(text, sizeof(text),
			"{\"C\":{\"i\":\"%d\",\"m\":[{\"p\":\"/%d\",\"u\":"
			"\"/missing\"}],\"q\":{\"%d\":\"/\"}}}",
			id, i, i + 1);
		say(c, text);
	}
	end_input(c);
	return NULL;
}

/* @i is from the next line about @id: they must rise. */
static void check_order(int last[IDS], int id, int i)
{
	assert_in_range(id, 0, IDS - 1);
	assert_true(i > last[id]);
	last[id] = i;
}

/* Per id, requests are run and answered in the order they came in. */
static void test_order(void **state)
{
	int last_answer[IDS], last_call[IDS];
	struct client c;
	pthread_t thread;
	const char *p;
	int id, i, n = 0;

	memset(last_answer, -1, sizeof(last_answer));
	memset(last_call, -1, sizeof(last_call));
	fake_hook = watch_overlap;
	start(&c, CONTROL_JSON_0_2, 6);
	assert_int_equal(pthread_create(&thread, NULL, say_many, &c), 0);
	for (int round = 0; round < ROUNDS; round++) {
		char *line = hear(&c);

		assert_int_equal(sscanf(line,
					 "{\"id\":\"%d\",\"error\":\"Cannot "
					 "map '/%d -> /missing",
					 &id, &i),
			2);
		check_order(last_answer, id, i);
		free(line);
	}
	pthread_join(thread, NULL);
	expect_ended(&c);
	assert_int_equal(overlaps, 0);
	for (p = fake_calls(); *p; p = strchr(p, '\n') + 1) {
		assert_int_equal(sscanf(p, "create %d [/%d", &id, &i), 2);
		check_order(last_call, id, i);
		n++;
	}
	assert_int_equal(n, ROUNDS);
	end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers_at_once),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_stop_reading),
		cmocka_unit_test(test_stop_writing),
		cmocka_unit_test(test_output_closed),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bad_input),
		cmocka_unit_test(test_socket),
		cmocka_unit_test(test_at_the_same_time),
		cmocka_unit_test(test_fatal_last),
		cmocka_unit_test(test_serial),
		cmocka_unit_test(test_order),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
