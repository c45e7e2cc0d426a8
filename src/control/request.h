/*
 * One request of a client, whichever protocol it came in.
 *
 * A codec decodes into it, without any allocation per mapping: all strings go
 * into one growing arena and are referred to by place and length, mappings
 * and prefixes are arrays of fixed-size records. conn.c then binds the
 * mappings to the connection's prefixes, and request_resolve() joins prefixes
 * and suffixes into the struct mapping that core takes.
 *
 * A request object is reused: request_reset() keeps its memory, unless it
 * has grown large.
 */
#ifndef CONTROL_REQUEST_H
#define CONTROL_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "control/bytes.h"
#include "core/space.h"

struct prefix;

/* More than a client can want, few enough to be held in memory. */
#define REQUEST_MAX_MAPPINGS (UINT32_C(16) << 20)
#define REQUEST_MAX_BYTES    (UINT64_C(256) << 20)

enum request_op {
	REQUEST_NONE,
	REQUEST_CREATE,  /* id, prefixes, mappings */
	REQUEST_DESTROY, /* id */
	REQUEST_STEPS,   /* mappings, each mapped or unmapped in turn */
	REQUEST_N,
};

/* Bytes of the request's arena. */
struct slice {
	uint32_t at;
	uint32_t len;
};

struct request_mapping {
	struct slice path;
	struct slice target;
	/* Numbers as the client sent them, until conn.c has bound them. */
	union {
		uint32_t path_prefix;
		const struct prefix *path_bound;
	};
	union {
		uint32_t target_prefix;
		const struct prefix *target_bound;
	};
	bool writable;
	bool unmap; /* in REQUEST_STEPS: path is to be unmapped */
};

struct request_prefix {
	uint32_t number;
	bool added; /* by this request: it was new */
	struct slice path;
};

struct request {
	enum request_op op;
	struct slice id;
	struct bytes arena;
	struct bytes mappings; /* of struct request_mapping */
	struct bytes prefixes; /* of struct request_prefix */

	/* Set once this request can't be carried out, though the stream can
	 * go on: the answer to it. */
	bool failed;
	struct sb_error error;

	/* What request_resolve() makes. */
	struct bytes joined;   /* the bytes of paths and targets */
	struct bytes resolved; /* of struct mapping, one per mapping */
};

void request_init(struct request *req);
void request_deinit(struct request *req);

/* Makes @req empty, for the next request. */
void request_reset(struct request *req);

/*
 * Notes why the request can't be carried out; the first reason stays. From
 * then on no mappings and prefixes are added, but its id may still come.
 */
void request_fail(struct request *req, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Copies a string into the arena. Return: 0 or -ENOMEM. */
int request_store(
	struct request *req, const char *s, size_t len, struct slice *slice);

/*
 * A zeroed mapping (or prefix) at the end, valid until the next one is added.
 * NULL, with the request failed, when there are too many or out of memory.
 */
struct request_mapping *request_add_mapping(struct request *req);
struct request_prefix *request_add_prefix(struct request *req);

static inline const char *request_text(
	const struct request *req, struct slice slice)
{
	return req->arena.data ? req->arena.data + slice.at : "";
}

static inline struct request_mapping *request_mappings(
	const struct request *req, size_t *n)
{
	*n = req->mappings.len / sizeof(struct request_mapping);
	return (struct request_mapping *)req->mappings.data;
}

static inline struct request_prefix *request_prefixes(
	const struct request *req, size_t *n)
{
	*n = req->prefixes.len / sizeof(struct request_prefix);
	return (struct request_prefix *)req->prefixes.data;
}

/*
 * Joins the bound prefixes of all mappings with their suffixes, checks and
 * normalises the paths. What is in *@mappings points into @req.
 *
 * Return: 0, or -EINVAL or -ENOMEM with @err set.
 */
int request_resolve(struct request *req, const struct mapping **mappings,
	size_t *n, struct sb_error *err);

#endif
