/*
 * Fuzzes what a client may send: JSON requests of both protocols, through the
 * real decoder and commands, onto a space that only checks what it is given.
 *
 * Input: a byte that chooses the protocol ("1" for 0.1, "2" for 0.2; its
 * lowest bit counts) and, with the others, in which pieces the rest arrives.
 * The rest is what the client sends. It is sent twice, whole and in pieces;
 * answers and effects must be the same.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_tree.h>

#include "control/commands.h"
#include "control/conn.h"
#include "util/path.h"
#include "util/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts, also where NDEBUG is defined. */
#define CHECK(what)                                                            \
	do {                                                                   \
		if (!(what)) {                                                 \
			fprintf(stderr, "%s:%d: %s\n", __func__, __LINE__,     \
				#what);                                        \
			abort();                                               \
		}                                                              \
	} while (0)

/* The outcome of one run. */
struct outcome {
	struct bytes answers;
	uint64_t effects; /* a hash over what the space was asked for */
	size_t n_calls;
};

static struct outcome *current;

static void effect(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		current->effects = (current->effects ^ (unsigned char)data[i]) *
				   UINT64_C(0x100000001b3);
}

static void check_path(const char *path, size_t len)
{
	char normal[PATH_LIMIT + 1];
	size_t normal_len;

	CHECK(len <= PATH_LIMIT);
	CHECK(path_normalise(path, len, normal, &normal_len, NULL) == 0);
	CHECK(normal_len == len && memcmp(normal, path, len) == 0);
	effect(path, len);
}

/* Every third call fails. */
static int done(struct sb_error *err)
{
	effect(".", 1);
	if (++current->n_calls % 3)
		return 0;
	sb_error_set(err, "Call %zu failed:\n\xff", current->n_calls);
	return -EIO;
}

static void check_mappings(const struct mapping *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check_path(m[i].path, m[i].path_len);
		CHECK(m[i].target_len > 0 && m[i].target_len <= PATH_LIMIT);
		CHECK(m[i].target[0] == '/');
		CHECK(!memchr(m[i].target, '\0', m[i].target_len));
		effect(m[i].target, m[i].target_len);
		effect(m[i].writable ? "w" : "r", 1);
	}
}

static void check_id(const char *id, size_t len)
{
	CHECK(len > 0 && len <= SANDBOX_ID_LIMIT);
	CHECK(!memchr(id, '/', len) && !memchr(id, '\0', len));
	CHECK(!(len == 1 && id[0] == '.'));
	CHECK(!(len == 2 && id[0] == '.' && id[1] == '.'));
	effect(id, len);
}

int space_create(struct space *space, const char *id, size_t id_len,
	const struct mapping *mappings, size_t n, struct sb_error *err)
{
	effect("c", 1);
	check_id(id, id_len);
	check_mappings(mappings, n);
	return done(err);
}

int space_destroy(struct space *space, const char *id, size_t id_len,
	struct sb_error *err)
{
	effect("d", 1);
	check_id(id, id_len);
	return done(err);
}

int space_map(struct space *space, const struct mapping *mappings, size_t n,
	struct sb_error *err)
{
	effect("m", 1);
	check_mappings(mappings, n);
	return done(err);
}

int space_unmap(
	struct space *space, const char *path, size_t len, struct sb_error *err)
{
	effect("u", 1);
	check_path(path, len);
	return done(err);
}

/* An answer of 0.2 is an object of just an id and an error. */
static void check_json_answer(const char *line, size_t len)
{
	char *copy = strndup(line, len);
	char problem[256];
	yajl_val tree;

	CHECK(copy);
	tree = yajl_tree_parse(copy, problem, sizeof(problem));
	CHECK(YAJL_IS_OBJECT(tree));
	CHECK(YAJL_GET_OBJECT(tree)->len == 2);
	CHECK(!strcmp(YAJL_GET_OBJECT(tree)->keys[0], "id"));
	CHECK(!strcmp(YAJL_GET_OBJECT(tree)->keys[1], "error"));
	for (int i = 0; i < 2; i++) {
		yajl_val value = YAJL_GET_OBJECT(tree)->values[i];

		CHECK(YAJL_IS_NULL(value) || YAJL_IS_STRING(value));
	}
	yajl_tree_free(tree);
	free(copy);
}

static void check_answers(const struct codec *codec, const struct bytes *out)
{
	const char *p = out->data;
	const char *end = p + out->len;
	struct utf8 utf8 = { 0 };

	for (; p < end; p = strchr(p, '\n') + 1) {
		size_t len;

		CHECK(memchr(p, '\n', (size_t)(end - p)));
		len = (size_t)(strchr(p, '\n') - p);
		if (codec == &codec_json_0_2) {
			check_json_answer(p, len);
			for (size_t i = 0; i < len; i++)
				CHECK(utf8_step(&utf8, (unsigned char)p[i]));
			CHECK(!utf8.need);
		} else {
			CHECK(!strncmp(p, "Done\n", 5) ||
				!strncmp(p, "Reconfig failed: ", 17));
		}
	}
}

/* Return: whether the stream goes on. */
static bool handle(struct conn *conn, struct request *req, enum decoded decoded,
	struct sb_error *err, struct bytes *out)
{
	int r = 0;

	if (decoded == DECODED_MORE)
		return true;
	if (decoded == DECODED_REQUEST) {
		r = commands_run(NULL, req, err);
		r = conn->codec->reply(out, req, r < 0 ? err : NULL);
		request_reset(req);
	} else if (decoded == DECODED_FATAL) {
		r = conn->codec->fatal(out, err);
	}
	CHECK(r == 0);
	return decoded == DECODED_REQUEST;
}

/* @dice decides on the pieces; 0: as much as there is at once. */
static void run(const struct codec *codec, const uint8_t *data, size_t size,
	uint32_t dice, struct outcome *outcome)
{
	struct sb_error err;
	struct request req;
	struct conn conn;
	bool more = true;
	size_t at = 0;

	memset(outcome, 0, sizeof(*outcome));
	current = outcome;
	request_init(&req);
	CHECK(conn_init(&conn, codec) == 0);
	while (more && at < size) {
		size_t len = size - at, used = 0;
		enum decoded decoded;
		char *piece;

		if (dice) {
			dice = dice * 1664525 + 1013904223;
			if (dice >> 24 < len)
				len = 1 + (dice >> 28);
			if (len > size - at)
				len = size - at;
		}
		/* Of its exact size, so that reading beyond it is found. */
		piece = malloc(len);
		CHECK(piece);
		memcpy(piece, data + at, len);
		decoded = conn_decode(&conn, &req, piece, len, &used, &err);
		free(piece);
		CHECK(used <= len);
		CHECK(used > 0 || decoded == DECODED_FATAL);
		CHECK(decoded != DECODED_MORE || used == len);
		at += used;
		more = handle(&conn, &req, decoded, &err, &outcome->answers);
	}
	while (more)
		more = handle(&conn, &req, conn_finish(&conn, &req, &err), &err,
			&outcome->answers);
	CHECK(bytes_append(&outcome->answers, "", 1) == 0);
	outcome->answers.len--;
	request_deinit(&req);
	conn_deinit(&conn);
	check_answers(codec, &outcome->answers);
}

/*
 * Where a token is not one that may stand there, yajl tells its end or its
 * start depending on the pieces: that place is blotted out.
 */
static void blot(struct bytes *answers)
{
	static const char marker[] = "expected `,` or `}` at line ";
	char *p = answers->data;

	while ((p = strstr(p, marker))) {
		p += sizeof(marker) - 1;
		for (char *q = p; *q && *q != '"' && *q != '\n'; q++)
			*q = '?';
	}
}

static void compare(struct outcome *a, struct outcome *b)
{
	char *p, *q;

	CHECK(a->n_calls == b->n_calls);
	CHECK(a->effects == b->effects);
	blot(&a->answers);
	blot(&b->answers);
	/* What was blotted out may differ in length. */
	for (p = a->answers.data, q = b->answers.data; *p && *q; p++, q++) {
		if (*p == *q)
			continue;
		while (*p == '?')
			p++;
		while (*q == '?')
			q++;
		if (*p == *q)
			continue;
		fprintf(stderr, "%s\n%s\n", a->answers.data, b->answers.data);
		abort();
	}
	CHECK(!*p && !*q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct codec *codec;
	struct outcome whole, pieces;

	if (size == 0)
		return 0;
	codec = data[0] & 1 ? &codec_json_0_1 : &codec_json_0_2;
	run(codec, data + 1, size - 1, 0, &whole);
	run(codec, data + 1, size - 1, data[0] * 7919u + 1, &pieces);
	compare(&whole, &pieces);
	bytes_deinit(&whole.answers);
	bytes_deinit(&pieces.answers);
	return 0;
}
