/*
 * JSON requests: a grammar of what may stand where, and a machine that runs
 * along yajl's events and fills in a struct request.
 *
 * The machine knows no protocol. A protocol is a set of shapes (json-0.2.c,
 * json-0.1.c): tables of the fields of an object with their names and where
 * their values go. Errors are worded as sandboxfs 0.2's, with line and column
 * of the offending byte in the whole stream.
 */
#ifndef CONTROL_JSON_H
#define CONTROL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <yajl/yajl_parse.h>

#include "control/codec.h"
#include "control/request.h"
#include "control/screen.h"

#define JSON_MAX_DEPTH  128       /* of objects and arrays, as in 0.2 */
#define JSON_MAX_FRAMES 8         /* of those that a grammar knows */
#define JSON_MAX_TOKEN  (1 << 20) /* bytes until yajl must tell something */

struct json_decoder;

enum json_type {
	JSON_STRING, /* to a struct slice */
	JSON_U32,    /* to a uint32_t */
	JSON_BOOL,   /* to a bool */
	JSON_NESTED, /* an object or array of the given shape */
};

struct json_field {
	const char *name;
	const char *alias;
	enum json_type type;
	bool required;
	size_t offset; /* of where the value goes, from the frame's base */
	const struct json_shape *shape;
	int tag; /* for the shape's choose() */
};

enum json_kind {
	JSON_STRUCT,  /* an object with these fields; others are ignored */
	JSON_VARIANT, /* an object with exactly one of these fields */
	JSON_MAP,     /* an object with any names, its values all alike */
	JSON_LIST,    /* an array, its elements all alike */
};

struct json_shape {
	enum json_kind kind;
	const char *expected; /* for messages: "struct JsonMapping" */
	const struct json_field *fields; /* one, unnamed, in MAP and LIST */
	unsigned int n_fields;
	/* What values are stored in; NULL: the same as outside. */
	void *(*begin)(struct json_decoder *dec);
	/* VARIANT: which of the fields it is. */
	void (*choose)(struct json_decoder *dec, void *base, int tag);
	/* MAP: the base for the value of that name. */
	void *(*key)(struct json_decoder *dec, const char *name, size_t len);
};

struct json_frame {
	const struct json_shape *shape;
	const struct json_field *field; /* of the next value; NULL: unknown */
	void *base;
	uint32_t seen; /* bit per field */
};

/* A place in the stream. Lines count from 1. */
struct json_position {
	uint64_t offset;
	uint64_t line;
	uint64_t line_start; /* its offset */
};

struct json_decoder {
	const struct json_field *top;
	yajl_handle yajl; /* NULL: nothing but white space so far */
	struct request *req;

	struct json_frame frames[JSON_MAX_FRAMES];
	unsigned int n_frames;
	unsigned int depth;      /* of what is open */
	unsigned int skip_depth; /* of an unknown value we are in, or 0 */
	uint64_t lists[JSON_MAX_DEPTH / 64]; /* bit per depth: an array */
	bool stop_at_end;                    /* a request ends with its value */
	bool done;                           /* the value is complete */
	bool token;                          /* since json_feed() was called */
	char message[512]; /* of an error that one of our callbacks found */

	struct screen screen;
	uint64_t screened; /* offset up to which all is well */
	uint64_t gap;      /* bytes since the last token */
	struct json_position at;
	uint64_t start; /* offset of the request */

	/* For a protocol with blank lines. */
	bool newline;  /* the last byte was one */
	bool skipping; /* after an error, up to the blank line */

	/* Takes what a failed request stores no longer. */
	struct request_mapping spare_mapping;
	struct request_prefix spare_prefix;
};

struct json_decoder *json_decoder_new(
	const struct json_field *top, bool stop_at_end);
void json_decoder_free(void *ptr);

/* Forgets the request that was under way; the position stays. */
void json_reset(struct json_decoder *dec);

/* Steps over white space. Return: how many bytes. */
size_t json_skip_space(struct json_decoder *dec, const char *data, size_t len);

/* Moves the position over @len bytes. */
void json_advance(struct json_decoder *dec, const char *data, size_t len);

/*
 * Feeds text of a request; json_begin() comes first, once per request.
 *
 * Return: DECODED_MORE; DECODED_REQUEST, with stop_at_end, once the value is
 * complete, *@used telling where it ended; DECODED_FATAL with @err set.
 */
int json_begin(
	struct json_decoder *dec, struct request *req, struct sb_error *err);
enum decoded json_feed(struct json_decoder *dec, const char *data, size_t len,
	size_t *used, struct sb_error *err);

/* The text has ended: DECODED_REQUEST if the value is complete. */
enum decoded json_complete(struct json_decoder *dec, struct sb_error *err);

/* Puts " at line L column C" behind @text for the byte @data[@i]. */
void json_error_at(struct json_decoder *dec, const char *data, size_t i,
	const char *text, struct sb_error *err);

/* Notes an error from within a shape's functions. Returns 0. */
int json_fail(struct json_decoder *dec, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The events of the machine: json-machine.c. */
extern const yajl_callbacks json_callbacks;
bool json_in_list(const struct json_decoder *dec);

/* A JSON string with its quotes; what is no UTF-8 becomes U+FFFD. */
int json_append_string(struct bytes *out, const char *s, size_t len);

/* Values are stored in what request_add_mapping() gives. */
void *json_begin_mapping(struct json_decoder *dec);

#endif
