/*
 * The JSON protocol of sandboxfs 0.1: an array of steps and an empty line.
 *
 *   [{"Map": {"Mapping": S, "Target": S, "Writable": B}}, {"Unmap": S}]
 *
 * answered by "Done" or "Reconfig failed: ..." on a line of its own. As the
 * empty line can't be part of the JSON, the stream survives any error in it.
 */
#include <stdio.h>

#include "control/json.h"

static const struct json_field map_fields[] = {
	{ "Mapping", NULL, JSON_STRING, true,
		.offset = offsetof(struct request_mapping, path) },
	{ "Target", NULL, JSON_STRING, true,
		.offset = offsetof(struct request_mapping, target) },
	{ "Writable", NULL, JSON_BOOL, true,
		.offset = offsetof(struct request_mapping, writable) },
};

static const struct json_shape map_shape = {
	.kind = JSON_STRUCT,
	.expected = "struct JsonMapping",
	.fields = map_fields,
	.n_fields = sizeof(map_fields) / sizeof(*map_fields),
};

static void choose_step(struct json_decoder *dec, void *base, int unmap)
{
	struct request_mapping *step = base;

	step->unmap = unmap;
}

static const struct json_field step_fields[] = {
	{ "Map", NULL, JSON_NESTED, .shape = &map_shape, .tag = false },
	{ "Unmap", NULL, JSON_STRING,
		.offset = offsetof(struct request_mapping, path), .tag = true },
};

static const struct json_shape step_shape = {
	.kind = JSON_VARIANT,
	.expected = "enum JsonStep",
	.fields = step_fields,
	.n_fields = sizeof(step_fields) / sizeof(*step_fields),
	.begin = json_begin_mapping,
	.choose = choose_step,
};

static const struct json_shape steps_shape = {
	.kind = JSON_LIST,
	.expected = "a sequence",
	.fields = &(
		struct json_field){ .type = JSON_NESTED, .shape = &step_shape },
	.n_fields = 1,
};

static const struct json_field top = {
	.type = JSON_NESTED,
	.shape = &steps_shape,
};

static void *new_state(void)
{
	return json_decoder_new(&top, false);
}

/* How much of the data belongs to the chunk, up to its empty line. */
static size_t chunk_length(const struct json_decoder *dec, const char *data,
	size_t len, bool *ends)
{
	const char *end = data + len;
	const char *p;

	/* The first of the two newlines may have come with an earlier read. */
	if (dec->newline && data[0] == '\n') {
		*ends = true;
		return 1;
	}
	p = memmem(data, len, "\n\n", 2);
	*ends = p != NULL;
	return (size_t)((p ? p + 2 : end) - data);
}

/* Takes text of one chunk. Errors are for the answer to it. */
static void take(struct json_decoder *dec, struct request *req,
	const char *data, size_t len)
{
	uint64_t end = dec->at.offset + len;
	struct sb_error err;
	bool failed = false;
	size_t used;

	if (!dec->yajl && !dec->skipping) {
		size_t space = json_skip_space(dec, data, len);

		data += space;
		len -= space;
		failed = len && json_begin(dec, req, &err) < 0;
	}
	if (len && !failed && !dec->skipping)
		failed =
			json_feed(dec, data, len, &used, &err) == DECODED_FATAL;
	if (failed) {
		request_fail(req, "%s", err.text);
		dec->skipping = true;
	}
	/* After an error the position may be where it was before. */
	if (dec->at.offset < end)
		json_advance(dec, data, len);
}

static enum decoded end_chunk(struct json_decoder *dec, struct request *req)
{
	struct sb_error err;

	req->op = REQUEST_STEPS;
	if (!dec->skipping && json_complete(dec, &err) == DECODED_FATAL)
		request_fail(req, "%s", err.text);
	json_reset(dec);
	return DECODED_REQUEST;
}

static enum decoded decode(void *state, struct request *req, const char *data,
	size_t len, size_t *used, struct sb_error *err)
{
	struct json_decoder *dec = state;
	bool ends;

	*used = chunk_length(dec, data, len, &ends);
	dec->newline = data[*used - 1] == '\n';
	take(dec, req, data, *used);
	return ends ? end_chunk(dec, req) : DECODED_MORE;
}

static enum decoded finish(
	void *state, struct request *req, struct sb_error *err)
{
	struct json_decoder *dec = state;

	if (!dec->yajl && !dec->skipping)
		return DECODED_END;
	return end_chunk(dec, req);
}

/* Appends a text that must stay on its line. */
static int append_line(struct bytes *out, const char *text)
{
	int r = 0;

	for (; *text && r == 0; text++) {
		unsigned char c = (unsigned char)*text;
		char escape[8];

		if (c >= 0x20 && c != 0x7f)
			r = bytes_append(out, text, 1);
		else if (c == '\n')
			r = bytes_append_text(out, "\\n");
		else
			r = bytes_append(out, escape,
				(size_t)sprintf(escape, "\\x%02x", c));
	}
	return r == 0 ? bytes_append(out, "\n", 1) : r;
}

static int fatal(struct bytes *out, const struct sb_error *err)
{
	int r = bytes_append_text(out, "Reconfig failed: ");

	return r == 0 ? append_line(out, err->text) : r;
}

static int reply(struct bytes *out, const struct request *req,
	const struct sb_error *err)
{
	return err ? fatal(out, err) : bytes_append_text(out, "Done\n");
}

const struct codec codec_json_0_1 = {
	.name = "JSON 0.1",
	.serial = true,
	.new_state = new_state,
	.free_state = json_decoder_free,
	.decode = decode,
	.finish = finish,
	.reply = reply,
	.fatal = fatal,
};
