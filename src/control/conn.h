/*
 * One connection of a client: a codec's state and the registered prefixes.
 *
 * A connection turns a stream of bytes into requests that are ready to be
 * run. It is for one thread at a time, except that a request, once decoded,
 * may be run and answered by any thread while the next one is decoded.
 */
#ifndef CONTROL_CONN_H
#define CONTROL_CONN_H

#include "control/codec.h"
#include "control/prefix.h"
#include "control/request.h"

struct conn {
	const struct codec *codec;
	void *state;
	struct prefix_table prefixes;
};

/* Return: 0 or -ENOMEM. */
int conn_init(struct conn *conn, const struct codec *codec);
void conn_deinit(struct conn *conn);

/*
 * As codec->decode() and codec->finish(). A request that is returned has its
 * prefixes registered and its mappings bound to theirs, or has failed: either
 * all prefixes of a request are registered or none.
 */
enum decoded conn_decode(struct conn *conn, struct request *req,
	const char *data, size_t len, size_t *used, struct sb_error *err);
enum decoded conn_finish(
	struct conn *conn, struct request *req, struct sb_error *err);

#endif
