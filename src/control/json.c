/*
 * Decoding JSON requests, the part around yajl: when a request begins and
 * ends, what yajl is not asked to judge, limits, and where errors are. What
 * the events mean is the business of json-machine.c.
 */
#include "control/json.h"

#include <stdio.h>

struct json_decoder *json_decoder_new(
	const struct json_field *top, bool stop_at_end)
{
	struct json_decoder *dec = calloc(1, sizeof(*dec));

	if (!dec)
		return NULL;
	dec->top = top;
	dec->stop_at_end = stop_at_end;
	dec->at.line = 1;
	return dec;
}

void json_decoder_free(void *ptr)
{
	struct json_decoder *dec = ptr;

	json_reset(dec);
	free(dec);
}

void json_reset(struct json_decoder *dec)
{
	if (dec->yajl)
		yajl_free(dec->yajl);
	dec->yajl = NULL;
	dec->req = NULL;
	dec->n_frames = 0;
	dec->depth = 0;
	dec->skip_depth = 0;
	dec->done = false;
	dec->gap = 0;
	dec->start = dec->at.offset;
	dec->newline = false;
	dec->skipping = false;
}

void *json_begin_mapping(struct json_decoder *dec)
{
	struct request_mapping *m = request_add_mapping(dec->req);

	return m ? m : &dec->spare_mapping;
}

static void advance(struct json_position *at, const char *data, size_t len)
{
	const char *end = data + len;
	const char *p = data;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		if (!nl)
			break;
		p = nl + 1;
		at->line++;
		at->line_start = at->offset + (uint64_t)(p - data);
	}
	at->offset += len;
}

void json_advance(struct json_decoder *dec, const char *data, size_t len)
{
	advance(&dec->at, data, len);
}

void json_error_at(struct json_decoder *dec, const char *data, size_t i,
	const char *text, struct sb_error *err)
{
	struct json_position at = dec->at;

	advance(&at, data, i);
	sb_error_set(err, "%s at line %llu column %llu", text,
		(unsigned long long)at.line,
		1 + (unsigned long long)(at.offset - at.line_start));
}

/* As json_error_at(), for the byte before the current position. */
static void error_before(
	struct json_decoder *dec, const char *text, struct sb_error *err)
{
	sb_error_set(err, "%s at line %llu column %llu", text,
		(unsigned long long)dec->at.line,
		(unsigned long long)(dec->at.offset - dec->at.line_start));
}

size_t json_skip_space(struct json_decoder *dec, const char *data, size_t len)
{
	size_t n = 0;

	while (n < len && memchr(" \t\n\r", data[n], 4))
		n++;
	json_advance(dec, data, n);
	return n;
}

int json_begin(
	struct json_decoder *dec, struct request *req, struct sb_error *err)
{
	dec->yajl = yajl_alloc(&json_callbacks, NULL, dec);
	if (!dec->yajl) {
		sb_error_set(err, "Out of memory");
		return -ENOMEM;
	}
	/* screen.c does that, and better. */
	yajl_config(dec->yajl, yajl_dont_validate_strings, 1);
	dec->req = req;
	dec->message[0] = '\0';
	dec->screen = (struct screen){ 0 };
	dec->start = dec->at.offset;
	dec->screened = dec->at.offset;
	return 0;
}

/* yajl's errors in 0.2's words. */
static const struct wording {
	const char *yajl;
	const char *ours;
	bool at_next; /* yajl counts up to before the offending byte */
} wordings[] = {
	{ "inside a string, '\\'", "invalid escape", true },
	{ "invalid (non-hex) character", "invalid escape", true },
	{ "invalid character inside string",
		"control character (\\u0000-\\u001F) found while parsing a "
		"string",
		true },
	{ "invalid char in json text", "expected value", false },
	{ "invalid string in json text", "expected ident", true },
	{ "malformed number", "invalid number", true },
	{ "probable comment", "expected value", true },
	{ "unallowed token", "expected value", false },
	{ "object key and value", "expected `:`", false },
	{ "after key and value", "expected `,` or `}`", true },
	{ "after array element", "expected `,` or `]`", false },
	{ "invalid object key", "key must be a string", false },
	{ "trailing garbage", "trailing characters", false },
};

/* What yajl found wrong in @data of @len bytes. */
static void yajl_error(struct json_decoder *dec, const char *data, size_t len,
	struct sb_error *err)
{
	size_t i = yajl_get_bytes_consumed(dec->yajl);
	unsigned char *text = yajl_get_error(dec->yajl, 0, NULL, 0);
	const char *ours = "invalid JSON";
	bool at_next = false;

	for (size_t w = 0; text && w < sizeof(wordings) / sizeof(*wordings);
		w++) {
		if (!strstr((const char *)text, wordings[w].yajl))
			continue;
		ours = wordings[w].ours;
		at_next = wordings[w].at_next;
	}
	if (text)
		yajl_free_error(dec->yajl, text);
	/* A number is only known to end by what comes after it, which may be
	 * in the next read. */
	if (!at_next && i == 0) {
		error_before(dec, ours, err);
		return;
	}
	if (!at_next)
		i--;
	if (i >= len)
		i = len - 1;
	/* A comma, and then the end: yajl minds the end, people the comma. */
	if ((data[i] == '}' && !strcmp(ours, "key must be a string")) ||
		(data[i] == ']' && json_in_list(dec) &&
			!strcmp(ours, "expected value")))
		ours = "trailing comma";
	json_error_at(dec, data, i, ours, err);
}

enum decoded json_feed(struct json_decoder *dec, const char *data, size_t len,
	size_t *used, struct sb_error *err)
{
	size_t seen = (size_t)(dec->screened - dec->at.offset);
	const char *problem = NULL;
	yajl_status status = yajl_status_ok;
	size_t good;

	/* What follows a request in the same read has been screened before. */
	if (seen > len)
		seen = len;
	good = seen +
	       screen_run(&dec->screen, data + seen, len - seen, &problem);
	dec->screened = dec->at.offset + good;

	*used = 0;
	dec->token = false;
	if (good)
		status = yajl_parse(
			dec->yajl, (const unsigned char *)data, good);
	if (status == yajl_status_error) {
		yajl_error(dec, data, good, err);
		return DECODED_FATAL;
	}
	if (status == yajl_status_client_canceled) {
		*used = yajl_get_bytes_consumed(dec->yajl);
		if (dec->done) {
			json_advance(dec, data, *used);
			return DECODED_REQUEST;
		}
		if (*used > 0)
			json_error_at(dec, data, *used - 1, dec->message, err);
		else
			error_before(dec, dec->message, err);
		return DECODED_FATAL;
	}
	if (good < len) {
		json_error_at(dec, data, good, problem, err);
		return DECODED_FATAL;
	}
	json_advance(dec, data, len);
	*used = len;
	dec->gap = dec->token ? 0 : dec->gap + len;
	/* yajl reads an unfinished token again with each call. */
	if (dec->gap > JSON_MAX_TOKEN) {
		error_before(
			dec, "string or white space of more than 1 MiB", err);
		return DECODED_FATAL;
	}
	if (dec->at.offset - dec->start > REQUEST_MAX_BYTES) {
		error_before(dec, "request of more than 256 MiB", err);
		return DECODED_FATAL;
	}
	return DECODED_MORE;
}

enum decoded json_complete(struct json_decoder *dec, struct sb_error *err)
{
	const char *text = "EOF while parsing a value";

	/* A number at the end is an event only now. */
	if (dec->yajl && yajl_complete_parse(dec->yajl) == yajl_status_ok)
		return DECODED_REQUEST;
	if (dec->depth)
		text = json_in_list(dec) ? "EOF while parsing a list"
					 : "EOF while parsing an object";
	else if (dec->message[0])
		text = dec->message;
	error_before(dec, text, err);
	return DECODED_FATAL;
}

int json_append_string(struct bytes *out, const char *s, size_t len)
{
	size_t i = 0;
	int r;

	/* Each byte may become six; then nothing below can fail but that. */
	r = bytes_reserve(out, len * 6 + 2);
	if (r < 0)
		return r;
	bytes_append(out, "\"", 1);
	while (i < len) {
		unsigned char c = (unsigned char)s[i];
		const char *from = "\"\\\b\f\n\r\t";
		const char *special = c ? strchr(from, c) : NULL;
		size_t n = utf8_length(s + i, len - i);
		char escape[8];

		if (special) {
			escape[0] = '\\';
			escape[1] = "\"\\bfnrt"[special - from];
			bytes_append(out, escape, 2);
		} else if (n && c < 0x20) {
			snprintf(escape, sizeof(escape), "\\u%04x", c);
			bytes_append(out, escape, 6);
		} else if (n) {
			bytes_append(out, s + i, n);
		} else {
			bytes_append(out, "\xef\xbf\xbd", 3);
		}
		i += n ? n : 1;
	}
	return bytes_append(out, "\"", 1);
}
