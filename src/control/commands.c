/* The commands of all protocols: see commands.h. */
#include "control/commands.h"

#include "util/log.h"
#include "util/path.h"

static int check_id(const char *id, size_t len, struct sb_error *err)
{
	char quoted[64];

	if (len == 0) {
		sb_error_set(err, "Identifier cannot be empty");
		return -EINVAL;
	}
	if (len > SANDBOX_ID_LIMIT) {
		sb_error_set(err,
			"Identifier %s is %zu bytes long; the limit is %d",
			path_quote(quoted, sizeof(quoted), id, len), len,
			SANDBOX_ID_LIMIT);
		return -EINVAL;
	}
	if (memchr(id, '\0', len)) {
		sb_error_set(err, "Identifier %s contains a NUL byte",
			path_quote(quoted, sizeof(quoted), id, len));
		return -EINVAL;
	}
	if (memchr(id, '/', len) || (len == 1 && id[0] == '.') ||
		(len == 2 && id[0] == '.' && id[1] == '.')) {
		sb_error_set(
			err, "Identifier %.*s is not a basename", (int)len, id);
		return -EINVAL;
	}
	return 0;
}

static int run_create(
	struct space *space, struct request *req, struct sb_error *err)
{
	const char *id = request_text(req, req->id);
	const struct mapping *mappings;
	size_t n;
	int r;

	r = check_id(id, req->id.len, err);
	if (r == 0)
		r = request_resolve(req, &mappings, &n, err);
	if (r == 0)
		r = space_create(space, id, req->id.len, mappings, n, err);
	return r;
}

static int run_destroy(
	struct space *space, struct request *req, struct sb_error *err)
{
	const char *id = request_text(req, req->id);
	int r;

	r = check_id(id, req->id.len, err);
	if (r == 0)
		r = space_destroy(space, id, req->id.len, err);
	return r;
}

/*
 * All steps are looked at before the first is done, but those done before one
 * that fails stay: that is how 0.1 has it.
 */
static int run_steps(
	struct space *space, struct request *req, struct sb_error *err)
{
	const struct request_mapping *steps;
	const struct mapping *mappings;
	size_t n;
	int r;

	r = request_resolve(req, &mappings, &n, err);
	steps = request_mappings(req, &n);
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (steps[i].unmap)
			r = space_unmap(space, mappings[i].path,
				mappings[i].path_len, err);
		else
			r = space_map(space, &mappings[i], 1, err);
	}
	return r;
}

const struct command commands[REQUEST_N] = {
	[REQUEST_NONE] = { "none" },
	[REQUEST_CREATE] = { "CreateSandbox", run_create },
	[REQUEST_DESTROY] = { "DestroySandbox", run_destroy },
	[REQUEST_STEPS] = { "Steps", run_steps },
};

static void trace(const struct request *req, const char *outcome)
{
	char id[512];
	size_t n;

	if (!log_enabled(LOG_DEBUG))
		return;
	(void)request_mappings(req, &n);
	log_debug("%s %s, %zu mappings: %s", commands[req->op].name,
		path_quote(id, sizeof(id), request_text(req, req->id),
			req->id.len),
		n, outcome);
}

int commands_run(struct space *space, struct request *req, struct sb_error *err)
{
	int r;

	trace(req, "begins");
	if (req->failed) {
		*err = req->error;
		r = -EINVAL;
	} else {
		r = commands[req->op].run(space, req, err);
	}
	trace(req, r < 0 ? err->text : "done");
	return r;
}
