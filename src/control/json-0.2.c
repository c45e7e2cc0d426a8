/*
 * The JSON protocol of sandboxfs 0.2: a stream of objects, one answer each.
 *
 *   {"CreateSandbox": {"id": S, "mappings": [...], "prefixes": {...}}}
 *   {"DestroySandbox": S}
 *   {"id": S, "error": null or S}
 *
 * Each name has a short form. A request is complete at its closing brace. An
 * error in the JSON itself ends the stream: where the next request begins
 * can't be known.
 */
#include "control/json.h"

/* Of an id in an answer; a longer one is refused anyway. */
#define MAX_ECHO 4096

static const struct json_field mapping_fields[] = {
	{ "path_prefix", "x", JSON_U32,
		.offset = offsetof(struct request_mapping, path_prefix) },
	{ "path", "p", JSON_STRING, true,
		.offset = offsetof(struct request_mapping, path) },
	{ "underlying_path_prefix", "y", JSON_U32,
		.offset = offsetof(struct request_mapping, target_prefix) },
	{ "underlying_path", "u", JSON_STRING, true,
		.offset = offsetof(struct request_mapping, target) },
	{ "writable", "w", JSON_BOOL,
		.offset = offsetof(struct request_mapping, writable) },
};

static const struct json_shape mapping_shape = {
	.kind = JSON_STRUCT,
	.expected = "struct JsonMapping",
	.fields = mapping_fields,
	.n_fields = sizeof(mapping_fields) / sizeof(*mapping_fields),
	.begin = json_begin_mapping,
};

static const struct json_shape mappings_shape = {
	.kind = JSON_LIST,
	.expected = "a sequence",
	.fields = &(struct json_field){ .type = JSON_NESTED,
		.shape = &mapping_shape },
	.n_fields = 1,
};

/* The numbers of prefixes are names of an object, that is strings. */
static void *prefix_key(struct json_decoder *dec, const char *name, size_t len)
{
	struct request_prefix *prefix;
	const char *problem = NULL;
	uint64_t number = 0;

	if (len > 1 && name[0] == '+') {
		name++;
		len--;
	}
	if (len == 0)
		problem = "cannot parse integer from empty string";
	for (size_t i = 0; i < len && !problem; i++) {
		if (name[i] < '0' || name[i] > '9')
			problem = "invalid digit found in string";
		else if (number <= UINT32_MAX)
			number = number * 10 + (uint64_t)(name[i] - '0');
	}
	if (!problem && number > UINT32_MAX)
		problem = "number too large to fit in target type";
	if (problem)
		request_fail(dec->req, "Bad prefix number: %s", problem);
	prefix = request_add_prefix(dec->req);
	if (!prefix)
		prefix = &dec->spare_prefix;
	prefix->number = (uint32_t)number;
	return prefix;
}

static const struct json_shape prefixes_shape = {
	.kind = JSON_MAP,
	.expected = "a map",
	.fields = &(struct json_field){ .type = JSON_STRING,
		.offset = offsetof(struct request_prefix, path) },
	.n_fields = 1,
	.key = prefix_key,
};

static const struct json_field create_fields[] = {
	{ "id", "i", JSON_STRING, true,
		.offset = offsetof(struct request, id) },
	{ "mappings", "m", JSON_NESTED, .shape = &mappings_shape },
	{ "prefixes", "q", JSON_NESTED, .shape = &prefixes_shape },
};

static const struct json_shape create_shape = {
	.kind = JSON_STRUCT,
	.expected = "struct CreateSandboxRequest",
	.fields = create_fields,
	.n_fields = sizeof(create_fields) / sizeof(*create_fields),
};

static void choose_command(struct json_decoder *dec, void *base, int tag)
{
	dec->req->op = (enum request_op)tag;
}

static const struct json_field request_fields[] = {
	{ "CreateSandbox", "C", JSON_NESTED, .shape = &create_shape,
		.tag = REQUEST_CREATE },
	{ "DestroySandbox", "D", JSON_STRING,
		.offset = offsetof(struct request, id),
		.tag = REQUEST_DESTROY },
};

static const struct json_shape request_shape = {
	.kind = JSON_VARIANT,
	.expected = "enum Request",
	.fields = request_fields,
	.n_fields = sizeof(request_fields) / sizeof(*request_fields),
	.choose = choose_command,
};

static const struct json_field top = {
	.type = JSON_NESTED,
	.shape = &request_shape,
};

static void *new_state(void)
{
	return json_decoder_new(&top, true);
}

static enum decoded decode(void *state, struct request *req, const char *data,
	size_t len, size_t *used, struct sb_error *err)
{
	struct json_decoder *dec = state;
	enum decoded decoded;
	size_t space = 0;

	if (!dec->yajl) {
		space = json_skip_space(dec, data, len);
		*used = space;
		data += space;
		len -= space;
		if (!len)
			return DECODED_MORE;
		if (data[0] != '{') {
			json_error_at(dec, data, 0, "expected value", err);
			return DECODED_FATAL;
		}
		if (json_begin(dec, req, err) < 0)
			return DECODED_FATAL;
	}
	decoded = json_feed(dec, data, len, used, err);
	*used += space;
	if (decoded == DECODED_REQUEST)
		json_reset(dec);
	return decoded;
}

static enum decoded finish(
	void *state, struct request *req, struct sb_error *err)
{
	struct json_decoder *dec = state;

	return dec->yajl ? json_complete(dec, err) : DECODED_END;
}

static int append_reply(struct bytes *out, const char *id, size_t id_len,
	const struct sb_error *err)
{
	int r;

	r = bytes_append_text(out, "{\"id\":");
	if (r == 0)
		r = id ? json_append_string(out, id, id_len)
		       : bytes_append_text(out, "null");
	if (r == 0)
		r = bytes_append_text(out, ",\"error\":");
	if (r == 0)
		r = err ? json_append_string(out, err->text, strlen(err->text))
			: bytes_append_text(out, "null");
	if (r == 0)
		r = bytes_append_text(out, "}\n");
	return r;
}

static int reply(struct bytes *out, const struct request *req,
	const struct sb_error *err)
{
	return append_reply(out, request_text(req, req->id),
		req->id.len < MAX_ECHO ? req->id.len : MAX_ECHO, err);
}

static int fatal(struct bytes *out, const struct sb_error *err)
{
	return append_reply(out, NULL, 0, err);
}

const struct codec codec_json_0_2 = {
	.name = "JSON 0.2",
	.new_state = new_state,
	.free_state = json_decoder_free,
	.decode = decode,
	.finish = finish,
	.reply = reply,
	.fatal = fatal,
};
