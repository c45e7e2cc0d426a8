/* A space that writes down what it is asked for: see test-fake.h. */
#include "control/test-fake.h"

#include <assert.h>
#include <pthread.h>

#include "control/commands.h"
#include "control/conn.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct bytes calls;

void (*fake_hook)(const char *id, size_t len);

/* A line of its own, so that calls of several threads don't mix. */
static void note(struct bytes *line)
{
	int r;

	pthread_mutex_lock(&lock);
	r = bytes_append(&calls, line->data, line->len);
	assert(r == 0);
	r = bytes_append(&calls, "\n", 1);
	assert(r == 0);
	pthread_mutex_unlock(&lock);
	bytes_deinit(line);
}

static void add(struct bytes *line, const char *text, size_t len)
{
	int r = bytes_append(line, text, len);

	assert(r == 0);
}

const char *fake_calls(void)
{
	if (bytes_append(&calls, "", 1) < 0)
		return NULL;
	calls.len--;
	return calls.data;
}

void fake_reset(void)
{
	bytes_deinit(&calls);
	fake_hook = NULL;
}

static int add_mappings(struct bytes *line, const struct mapping *m, size_t n,
	struct sb_error *err)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			add(line, ", ", 2);
		add(line, m[i].path, m[i].path_len);
		add(line, " -> ", 4);
		add(line, m[i].target, m[i].target_len);
		add(line, m[i].writable ? " rw" : " ro", 3);
	}
	for (size_t i = 0; i < n; i++) {
		if (m[i].target_len != 8 ||
			memcmp(m[i].target, "/missing", 8) != 0)
			continue;
		sb_error_set(err,
			"Cannot map '%.*s -> /missing (read-only)': Stat "
			"failed for \"/missing\": No such file or directory "
			"(os error 2)",
			(int)m[i].path_len, m[i].path);
		return -ENOENT;
	}
	return 0;
}

int space_create(struct space *space, const char *id, size_t id_len,
	const struct mapping *mappings, size_t n, struct sb_error *err)
{
	struct bytes line = { 0 };
	int r;

	if (fake_hook)
		fake_hook(id, id_len);
	add(&line, "create ", 7);
	add(&line, id, id_len);
	add(&line, " [", 2);
	r = add_mappings(&line, mappings, n, err);
	add(&line, "]", 1);
	note(&line);
	return r;
}

int space_destroy(struct space *space, const char *id, size_t id_len,
	struct sb_error *err)
{
	struct bytes line = { 0 };

	if (fake_hook)
		fake_hook(id, id_len);
	add(&line, "destroy ", 8);
	add(&line, id, id_len);
	note(&line);
	if (id_len == 6 && !memcmp(id, "absent", 6)) {
		sb_error_set(err, "Unknown entry");
		return -ENOENT;
	}
	return 0;
}

int space_map(struct space *space, const struct mapping *mappings, size_t n,
	struct sb_error *err)
{
	struct bytes line = { 0 };
	int r;

	add(&line, "map ", 4);
	r = add_mappings(&line, mappings, n, err);
	note(&line);
	return r;
}

int space_unmap(
	struct space *space, const char *path, size_t len, struct sb_error *err)
{
	struct bytes line = { 0 };

	add(&line, "unmap ", 6);
	add(&line, path, len);
	note(&line);
	if (len == 7 && !memcmp(path, "/absent", 7)) {
		sb_error_set(err, "Unknown entry");
		return -ENOENT;
	}
	return 0;
}

/* Carries out what was decoded. Return: whether the stream goes on. */
static bool handle(struct conn *conn, struct request *req, enum decoded decoded,
	struct sb_error *err, struct bytes *out)
{
	int r = 0;

	switch (decoded) {
	case DECODED_MORE:
		return true;
	case DECODED_REQUEST:
		r = commands_run(NULL, req, err);
		r = conn->codec->reply(out, req, r < 0 ? err : NULL);
		request_reset(req);
		break;
	case DECODED_FATAL:
		r = conn->codec->fatal(out, err);
		break;
	case DECODED_END:
		break;
	}
	assert(r == 0);
	return decoded == DECODED_REQUEST;
}

char *fake_talk(
	const struct codec *codec, const char *text, size_t len, size_t piece)
{
	struct bytes out = { 0 };
	struct request req;
	struct conn conn;
	struct sb_error err;
	bool more = true;
	size_t at = 0;
	char *copy;
	int r;

	r = conn_init(&conn, codec);
	assert(r == 0);
	request_init(&req);
	while (more && at < len) {
		size_t left = piece < len - at ? piece : len - at;
		size_t used = 0;

		/* Of exact size, so that reading beyond it is found. */
		copy = malloc(left);
		assert(copy);
		memcpy(copy, text + at, left);
		more = handle(&conn, &req,
			conn_decode(&conn, &req, copy, left, &used, &err), &err,
			&out);
		assert(used <= left);
		at += used;
		free(copy);
	}
	while (more)
		more = handle(&conn, &req, conn_finish(&conn, &req, &err), &err,
			&out);
	request_deinit(&req);
	conn_deinit(&conn);
	add(&out, "", 1);
	return out.data;
}
