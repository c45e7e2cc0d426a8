/* What a client can ask for: the commands that all protocols share. */
#ifndef CONTROL_COMMANDS_H
#define CONTROL_COMMANDS_H

#include "control/request.h"

/* The longest name of a sandbox, which is a file name. */
#define SANDBOX_ID_LIMIT 255

struct command {
	const char *name;
	int (*run)(
		struct space *space, struct request *req, struct sb_error *err);
};

/* By enum request_op. */
extern const struct command commands[REQUEST_N];

/*
 * Carries out a decoded request. Requests with the same id must not overlap;
 * else any thread may call this.
 *
 * Return: 0, or -errno with @err set to the answer for the client.
 */
int commands_run(
	struct space *space, struct request *req, struct sb_error *err);

#endif
