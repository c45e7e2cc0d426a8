/*
 * The reconfiguration server: a client's requests from one descriptor, our
 * answers to another.
 *
 * Its threads take turns at reading: one reads and decodes a whole request,
 * lets another read on, carries the request out and answers. So requests run
 * at the same time, but none is handed to another thread, which would cost
 * more than most requests do. Requests with the same id run, and are
 * answered, in the order in which they came.
 *
 * The server ends by itself at the end of the input, or when the input can't
 * be understood or the output not be written to any more. The space stays as
 * it is then.
 */
#ifndef CONTROL_SERVER_H
#define CONTROL_SERVER_H

#include "util/error.h"

struct space;
struct control_server;

enum control_protocol {
	CONTROL_JSON_0_2,
	CONTROL_JSON_0_1, /* one thread, whatever the options say */
};

struct control_options {
	enum control_protocol protocol;
	unsigned int threads; /* at least 1 */
};

/*
 * Takes ownership of both descriptors on success. The space must outlive the
 * server. SIGPIPE must be ignored by the process.
 *
 * Return: 0, or -errno with @err set.
 */
int control_server_new(struct control_server **serverp, struct space *space,
	const struct control_options *options, int in_fd, int out_fd,
	struct sb_error *err);

/*
 * Starts the threads. Block signals first: the threads inherit the mask.
 *
 * Return: 0, or -errno with @err set; then none is running.
 */
int control_server_start(struct control_server *server, struct sb_error *err);

/*
 * A descriptor, owned by the server, that polls readable once the server has
 * ended by itself, after its last answer.
 */
int control_server_eof_fd(struct control_server *server);

/*
 * Stops reading at once, waits for the requests under way, joins the threads
 * and frees. @server may be NULL. Returns NULL.
 */
struct control_server *control_server_free(struct control_server *server);

#endif
