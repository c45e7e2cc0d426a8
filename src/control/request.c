/* One request of a client: see request.h. */
#include "control/request.h"

#include <stdarg.h>
#include <stdio.h>

#include "control/prefix.h"
#include "util/path.h"

/* What a request may keep of each of its parts for the next one. */
#define KEEP_SIZE (4 << 20)
/* Paths of one request with their prefixes in front. */
#define MAX_JOINED ((size_t)1 << 30)

static void empty(struct bytes *b)
{
	b->len = 0;
	if (b->size > KEEP_SIZE)
		bytes_deinit(b);
}

void request_init(struct request *req)
{
	memset(req, 0, sizeof(*req));
}

void request_deinit(struct request *req)
{
	bytes_deinit(&req->arena);
	bytes_deinit(&req->mappings);
	bytes_deinit(&req->prefixes);
	bytes_deinit(&req->joined);
	bytes_deinit(&req->resolved);
}

void request_reset(struct request *req)
{
	req->op = REQUEST_NONE;
	req->id = (struct slice){ 0 };
	req->failed = false;
	empty(&req->arena);
	empty(&req->mappings);
	empty(&req->prefixes);
	empty(&req->joined);
	empty(&req->resolved);
}

void request_fail(struct request *req, const char *fmt, ...)
{
	va_list ap;

	if (req->failed)
		return;
	req->failed = true;
	va_start(ap, fmt);
	vsnprintf(req->error.text, sizeof(req->error.text), fmt, ap);
	va_end(ap);
}

int request_store(
	struct request *req, const char *s, size_t len, struct slice *slice)
{
	size_t at = req->arena.len;

	if (at + len > UINT32_MAX || bytes_append(&req->arena, s, len) < 0)
		return -ENOMEM;
	*slice = (struct slice){ (uint32_t)at, (uint32_t)len };
	return 0;
}

/* A zeroed record of @size at the end of @b, or NULL. */
static void *add_record(
	struct request *req, struct bytes *b, size_t size, const char *what)
{
	void *record;

	if (req->failed)
		return NULL;
	if (b->len / size >= REQUEST_MAX_MAPPINGS) {
		request_fail(req, "Request has more than %u %s",
			REQUEST_MAX_MAPPINGS, what);
		return NULL;
	}
	if (bytes_reserve(b, size) < 0) {
		request_fail(req, "Out of memory");
		return NULL;
	}
	record = b->data + b->len;
	memset(record, 0, size);
	b->len += size;
	return record;
}

struct request_mapping *request_add_mapping(struct request *req)
{
	return add_record(req, &req->mappings, sizeof(struct request_mapping),
		"mappings");
}

struct request_prefix *request_add_prefix(struct request *req)
{
	return add_record(
		req, &req->prefixes, sizeof(struct request_prefix), "prefixes");
}

/* One path before it is joined. */
struct parts {
	const struct prefix *prefix;
	const char *suffix;
	size_t suffix_len;
};

static bool needs_slash(const struct parts *p)
{
	return p->suffix_len && p->prefix->len &&
	       p->prefix->text[p->prefix->len - 1] != '/';
}

static size_t joined_len(const struct parts *p)
{
	return p->prefix->len + needs_slash(p) + p->suffix_len;
}

/* Writes the path as the client means it, not normalised. */
static void join(const struct parts *p, char *out)
{
	memcpy(out, p->prefix->text, p->prefix->len);
	out += p->prefix->len;
	if (needs_slash(p))
		*out++ = '/';
	memcpy(out, p->suffix, p->suffix_len);
}

static int check_parts(const struct parts *p, struct sb_error *err)
{
	size_t len = joined_len(p);
	char quoted[1024];

	if (p->prefix->number != 0 && p->suffix_len && p->suffix[0] == '/') {
		sb_error_set(err, "Suffix %.*s must be relative",
			(int)(p->suffix_len <= PATH_LIMIT ? p->suffix_len
							  : PATH_LIMIT),
			p->suffix);
		return -EINVAL;
	}
	if (len > PATH_LIMIT) {
		char start[PATH_LIMIT];

		/* Enough of it to be recognised. */
		p = &(struct parts){ p->prefix, p->suffix,
			p->suffix_len < 128 ? p->suffix_len : 128 };
		if (joined_len(p) <= sizeof(start)) {
			join(p, start);
			path_quote(quoted, 72, start, joined_len(p));
		} else {
			path_quote(quoted, 72, p->prefix->text, p->prefix->len);
		}
		sb_error_set(err, "path %s is %zu bytes long; the limit is %d",
			quoted, len, PATH_LIMIT);
		return -EINVAL;
	}
	if (p->suffix_len && memchr(p->suffix, '\0', p->suffix_len)) {
		sb_error_set(err, "path %s contains a NUL byte",
			path_quote(quoted, sizeof(quoted), p->suffix,
				p->suffix_len));
		return -EINVAL;
	}
	return 0;
}

/* Writes the normal form of the joined path to @out. */
static int resolve_path(
	const struct parts *p, char *out, size_t *out_len, struct sb_error *err)
{
	char whole[PATH_LIMIT];

	/* What was found out about the prefix needn't be again. */
	if (p->prefix->normal) {
		memcpy(out, prefix_normal(p->prefix), p->prefix->normal_len);
		*out_len = p->prefix->normal_len;
		if (path_append(out, out_len, p->suffix, p->suffix_len) == 0)
			return 0;
	}
	if (p->prefix->len == 0)
		return path_normalise(
			p->suffix, p->suffix_len, out, out_len, err);
	join(p, whole);
	return path_normalise(whole, joined_len(p), out, out_len, err);
}

/* A target is kept as it is, with its ".." and all. */
static int resolve_target(
	const struct parts *p, char *out, size_t *out_len, struct sb_error *err)
{
	char quoted[sizeof(err->text) - 64];

	join(p, out);
	*out_len = joined_len(p);
	if (*out_len == 0 || out[0] != '/') {
		sb_error_set(err, "path %s is not absolute",
			path_quote(quoted, sizeof(quoted), out, *out_len));
		return -EINVAL;
	}
	return 0;
}

static struct parts path_parts(
	const struct request *req, const struct request_mapping *m)
{
	return (struct parts){ m->path_bound, request_text(req, m->path),
		m->path.len };
}

static struct parts target_parts(
	const struct request *req, const struct request_mapping *m)
{
	return (struct parts){ m->target_bound, request_text(req, m->target),
		m->target.len };
}

static int resolve_mapping(struct request *req, const struct request_mapping *m,
	struct mapping *out, struct sb_error *err)
{
	struct parts path = path_parts(req, m);
	struct parts target = target_parts(req, m);
	char *at = req->joined.data + req->joined.len;
	int r;

	r = check_parts(&path, err);
	if (r == 0 && !m->unmap)
		r = check_parts(&target, err);
	if (r == 0)
		r = resolve_path(&path, at, &out->path_len, err);
	if (r < 0)
		return r;
	out->path = at;
	at += out->path_len;
	out->target = NULL;
	out->target_len = 0;
	if (!m->unmap) {
		r = resolve_target(&target, at, &out->target_len, err);
		if (r < 0)
			return r;
		out->target = at;
		at += out->target_len;
	}
	out->writable = m->writable;
	req->joined.len = (size_t)(at - req->joined.data);
	return 0;
}

int request_resolve(struct request *req, const struct mapping **mappings,
	size_t *n, struct sb_error *err)
{
	const struct request_mapping *m = request_mappings(req, n);
	struct mapping *out;
	size_t size = 0;

	/* What is too long will be refused before it is joined. */
	for (size_t i = 0; i < *n; i++) {
		struct parts path = path_parts(req, &m[i]);
		struct parts target = target_parts(req, &m[i]);
		size_t path_len = joined_len(&path);
		size_t target_len = joined_len(&target);

		/* The NUL that path_normalise() puts takes one more. */
		size += path_len <= PATH_LIMIT ? path_len + 1 : 1;
		size += target_len <= PATH_LIMIT ? target_len : 0;
	}
	if (size > MAX_JOINED) {
		sb_error_set(err, "Request has more than %zu bytes of paths",
			MAX_JOINED);
		return -EINVAL;
	}
	req->joined.len = 0;
	req->resolved.len = 0;
	if (bytes_reserve(&req->joined, size + 1) < 0 ||
		bytes_reserve(&req->resolved, *n * sizeof(*out)) < 0) {
		sb_error_set(err, "Out of memory");
		return -ENOMEM;
	}
	out = (struct mapping *)req->resolved.data;
	for (size_t i = 0; i < *n; i++) {
		int r = resolve_mapping(req, &m[i], &out[i], err);

		if (r < 0)
			return r;
	}
	req->resolved.len = *n * sizeof(*out);
	*mappings = out;
	return 0;
}
