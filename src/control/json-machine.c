/*
 * The machine behind JSON requests: yajl's events against a grammar.
 *
 * There is one frame per object or array that the grammar knows. A value of
 * an unknown field opens no frame: events are ignored until we are back at
 * its depth. A callback that returns 0 stops yajl: either the request is
 * complete, or dec->message says what is wrong.
 */
#include "control/json.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int json_fail(struct json_decoder *dec, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(dec->message, sizeof(dec->message), fmt, ap);
	va_end(ap);
	return 0;
}

bool json_in_list(const struct json_decoder *dec)
{
	unsigned int d = dec->depth - 1;

	return dec->depth && dec->lists[d / 64] >> (d % 64) & 1;
}

static struct json_frame *top_frame(struct json_decoder *dec)
{
	return dec->n_frames ? &dec->frames[dec->n_frames - 1] : NULL;
}

/* What the value that comes next should be; NULL: it is of no interest. */
static const struct json_field *next_field(struct json_decoder *dec)
{
	struct json_frame *frame = top_frame(dec);

	if (dec->skip_depth)
		return NULL;
	if (!frame)
		return dec->top;
	if (frame->shape->kind == JSON_LIST)
		return frame->shape->fields;
	return frame->field;
}

static void *value_place(
	struct json_decoder *dec, const struct json_field *field)
{
	return (char *)top_frame(dec)->base + field->offset;
}

static const char *expected(const struct json_field *field)
{
	switch (field->type) {
	case JSON_STRING:
		return "a string";
	case JSON_U32:
		return "u32";
	case JSON_BOOL:
		return "a boolean";
	case JSON_NESTED:
		break;
	}
	return field->shape->expected;
}

/* A value that the field can't take. */
static int bad_type(struct json_decoder *dec, const struct json_field *field,
	const char *what)
{
	if (field->type == JSON_NESTED && field->shape->kind == JSON_VARIANT)
		return json_fail(dec, "expected value");
	return json_fail(
		dec, "invalid type: %s, expected %s", what, expected(field));
}

static int on_null(void *ctx)
{
	struct json_decoder *dec = ctx;
	const struct json_field *field = next_field(dec);

	dec->token = true;
	return field ? bad_type(dec, field, "null") : 1;
}

static int on_boolean(void *ctx, int value)
{
	struct json_decoder *dec = ctx;
	const struct json_field *field = next_field(dec);

	dec->token = true;
	if (!field)
		return 1;
	if (field->type != JSON_BOOL)
		return bad_type(dec, field,
			value ? "boolean `true`" : "boolean `false`");
	*(bool *)value_place(dec, field) = value;
	return 1;
}

static bool is_whole(const char *text, size_t len)
{
	return !memchr(text, '.', len) && !memchr(text, 'e', len) &&
	       !memchr(text, 'E', len);
}

static int on_number(void *ctx, const char *text, size_t len)
{
	struct json_decoder *dec = ctx;
	const struct json_field *field = next_field(dec);
	int shown = len < 40 ? (int)len : 40;
	uint64_t value = 0;
	char what[64];

	dec->token = true;
	if (!field)
		return 1;
	if (field->type != JSON_U32 || !is_whole(text, len)) {
		snprintf(what, sizeof(what), "%s `%.*s`",
			is_whole(text, len) ? "integer" : "floating point",
			shown, text);
		return bad_type(dec, field, what);
	}
	for (size_t i = 0; i < len && value <= UINT32_MAX; i++) {
		if (text[i] == '-')
			value = UINT64_MAX;
		else
			value = value * 10 + (uint64_t)(text[i] - '0');
	}
	if (value > UINT32_MAX)
		return json_fail(dec,
			"invalid value: integer `%.*s`, expected u32", shown,
			text);
	*(uint32_t *)value_place(dec, field) = (uint32_t)value;
	return 1;
}

static int on_string(void *ctx, const unsigned char *text, size_t len)
{
	struct json_decoder *dec = ctx;
	const struct json_field *field = next_field(dec);
	char what[128];

	dec->token = true;
	if (!field)
		return 1;
	if (field->type != JSON_STRING) {
		snprintf(what, sizeof(what), "string \"%.*s\"",
			len < 100 ? (int)len : 100, (const char *)text);
		return bad_type(dec, field, what);
	}
	/* Without its id, a request can't be answered: this is the end. */
	if (request_store(dec->req, (const char *)text, len,
		    value_place(dec, field)) < 0)
		return json_fail(dec, "out of memory");
	return 1;
}

/* An object or array begins. */
static int enter(struct json_decoder *dec, bool list)
{
	const struct json_field *field = next_field(dec);
	struct json_frame *outer = top_frame(dec);
	struct json_frame *frame;
	unsigned int d = dec->depth;

	dec->token = true;
	if (d == JSON_MAX_DEPTH)
		return json_fail(dec, "recursion limit exceeded");
	dec->depth++;
	dec->lists[d / 64] &= ~(UINT64_C(1) << (d % 64));
	dec->lists[d / 64] |= (uint64_t)list << (d % 64);
	if (!field) {
		if (!dec->skip_depth)
			dec->skip_depth = dec->depth;
		return 1;
	}
	if (field->type != JSON_NESTED ||
		(field->shape->kind == JSON_LIST) != list)
		return bad_type(dec, field, list ? "sequence" : "map");

	assert(dec->n_frames < JSON_MAX_FRAMES);
	frame = &dec->frames[dec->n_frames++];
	frame->shape = field->shape;
	frame->field = NULL;
	frame->seen = 0;
	if (field->shape->begin)
		frame->base = field->shape->begin(dec);
	else
		frame->base = outer ? outer->base : dec->req;
	return 1;
}

/*
 * An object or array ends. Return: 0 if that was the end of the request, or
 * if something is missing from it.
 */
static int leave(struct json_decoder *dec)
{
	struct json_frame *frame = top_frame(dec);

	dec->token = true;
	if (dec->skip_depth) {
		if (dec->depth-- == dec->skip_depth)
			dec->skip_depth = 0;
		return 1;
	}
	dec->depth--;
	if (frame->shape->kind == JSON_VARIANT && !frame->seen)
		return json_fail(dec, "expected value");
	if (frame->shape->kind == JSON_STRUCT) {
		for (unsigned int i = 0; i < frame->shape->n_fields; i++)
			if (frame->shape->fields[i].required &&
				!(frame->seen >> i & 1))
				return json_fail(dec, "missing field `%s`",
					frame->shape->fields[i].name);
	}
	dec->n_frames--;
	dec->done = dec->n_frames == 0;
	return !(dec->done && dec->stop_at_end);
}

static int on_start_map(void *ctx)
{
	return enter(ctx, false);
}

static int on_start_array(void *ctx)
{
	return enter(ctx, true);
}

static int on_end(void *ctx)
{
	return leave(ctx);
}

static bool has_name(const char *name, const unsigned char *text, size_t len)
{
	/* Most differ in the first byte already, and this is run often. */
	return name && len && (unsigned char)name[0] == text[0] &&
	       strlen(name) == len && memcmp(name, text, len) == 0;
}

/* "unknown variant `X`, expected `A` or `B`" */
static int unknown_variant(struct json_decoder *dec,
	const struct json_shape *shape, const unsigned char *text, size_t len)
{
	char names[128] = "";
	size_t at = 0;

	for (unsigned int i = 0; i < shape->n_fields; i++)
		at += (size_t)snprintf(names + at, sizeof(names) - at, "%s`%s`",
			i ? " or " : "", shape->fields[i].name);
	return json_fail(dec, "unknown variant `%.*s`, expected %s",
		len < 100 ? (int)len : 100, (const char *)text, names);
}

static int on_key(void *ctx, const unsigned char *text, size_t len)
{
	struct json_decoder *dec = ctx;
	struct json_frame *frame = top_frame(dec);
	const struct json_shape *shape = frame->shape;
	unsigned int i;

	dec->token = true;
	if (dec->skip_depth)
		return 1;
	if (shape->kind == JSON_MAP) {
		frame->base = shape->key(dec, (const char *)text, len);
		frame->field = shape->fields;
		return 1;
	}
	if (shape->kind == JSON_VARIANT && frame->seen)
		return json_fail(dec, "expected value");
	for (i = 0; i < shape->n_fields; i++)
		if (has_name(shape->fields[i].alias, text, len) ||
			has_name(shape->fields[i].name, text, len))
			break;
	if (i == shape->n_fields) {
		frame->field = NULL;
		return shape->kind == JSON_STRUCT
			       ? 1
			       : unknown_variant(dec, shape, text, len);
	}
	if (frame->seen >> i & 1)
		return json_fail(
			dec, "duplicate field `%s`", shape->fields[i].name);
	frame->seen |= UINT32_C(1) << i;
	frame->field = &shape->fields[i];
	if (shape->kind == JSON_VARIANT)
		shape->choose(dec, frame->base, shape->fields[i].tag);
	return 1;
}

const yajl_callbacks json_callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_start_map,
	.yajl_map_key = on_key,
	.yajl_end_map = on_end,
	.yajl_start_array = on_start_array,
	.yajl_end_array = on_end,
};
