/*
 * A codec: how requests and answers look on the wire.
 *
 * There is one per protocol. It turns bytes into a struct request and the
 * outcome into bytes; what a request means is the business of commands.c,
 * which is the same for all protocols.
 */
#ifndef CONTROL_CODEC_H
#define CONTROL_CODEC_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

struct bytes;
struct request;

enum decoded {
	DECODED_MORE,    /* all bytes used, the request isn't complete */
	DECODED_REQUEST, /* here is one; bytes behind it are not used yet */
	DECODED_END,     /* of codec_finish(): nothing was pending */
	DECODED_FATAL,   /* the stream can't be understood any more */
};

struct codec {
	const char *name;
	/* Answers come in the order of the requests, one at a time. */
	bool serial;

	/* The decoder's state for one stream. Return: NULL if out of memory. */
	void *(*new_state)(void);
	void (*free_state)(void *state);

	/*
	 * Takes up to @len bytes, tells in @used how many, and adds what they
	 * say to @req, which stays the same object until it is complete.
	 * @len may not be 0. @err is set if the outcome is DECODED_FATAL.
	 */
	enum decoded (*decode)(void *state, struct request *req,
		const char *data, size_t len, size_t *used,
		struct sb_error *err);

	/* The stream has ended. Never returns DECODED_MORE. */
	enum decoded (*finish)(
		void *state, struct request *req, struct sb_error *err);

	/* Append the answer to @req; @err is NULL if all went well. */
	int (*reply)(struct bytes *out, const struct request *req,
		const struct sb_error *err);
	/* Append the last words, if the protocol has any. */
	int (*fatal)(struct bytes *out, const struct sb_error *err);
};

/* JSON as sandboxfs 0.2 and 0.1 speak it. */
extern const struct codec codec_json_0_2;
extern const struct codec codec_json_0_1;

#endif
