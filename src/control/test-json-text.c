/* JSON text: which bytes are taken, how they come back, and how many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "control/json.h"
#include "control/test-fake.h"

/* Sends one string of bytes as the id. Returns the answer, to be freed. */
static char *destroy(const char *json_string)
{
	char text[512];
	char *whole, *split;

	snprintf(text, sizeof(text), "{\"D\":\"%s\"}", json_string);
	whole = fake_talk(&codec_json_0_2, text, strlen(text), SIZE_MAX);
	fake_reset();
	split = fake_talk(&codec_json_0_2, text, strlen(text), 1);
	assert_string_equal(whole, split);
	free(split);
	return whole;
}

static void check_text(const char *json_string, const char *utf8)
{
	char expected[512];
	char *got = destroy(json_string);

	snprintf(expected, sizeof(expected), "destroy %s\n", utf8);
	assert_string_equal(fake_calls(), expected);
	fake_reset();
	snprintf(expected, sizeof(expected), "{\"id\":\"%s\",\"error\":null}\n",
		utf8);
	assert_string_equal(got, expected);
	free(got);
}

static void check_bad_text(
	const char *json_string, const char *problem, int column)
{
	char expected[512];
	char *got = destroy(json_string);

	snprintf(expected, sizeof(expected),
		"{\"id\":null,\"error\":\"%s at line 1 column %d\"}\n", problem,
		column);
	assert_string_equal(got, expected);
	assert_string_equal(fake_calls(), "");
	fake_reset();
	free(got);
}

static void test_unicode(void **state)
{
	static const char bad[] = "invalid unicode code point";
	static const char half[] = "lone leading surrogate in hex escape";
	char *got;

	check_text("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
		"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	check_text("\\u00e9\\u20AC\\ud83d\\uDE00",
		"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	check_text("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf",
		"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf");

	check_bad_text("a\x80", bad, 8);
	check_bad_text("\xff", bad, 7);
	check_bad_text("\xc3", bad, 8);     /* cut off */
	check_bad_text("\xc0\xaf", bad, 7); /* "/", over-long */
	check_bad_text("\xe0\x80\xaf", bad, 8);
	check_bad_text("\xf0\x80\x80\xaf", bad, 8);
	check_bad_text("\xed\xa0\x80", bad, 8);     /* half a pair */
	check_bad_text("\xf4\x90\x80\x80", bad, 8); /* above U+10FFFF */

	check_bad_text("\\ud800", half, 13);
	check_bad_text("\\ud800x", half, 13);
	check_bad_text("\\ud800\\n", half, 14);
	check_bad_text("\\ud800\\u0041", half, 18);
	check_bad_text("\\ud800\\ud800", half, 18);
	check_bad_text("\\udc00", half, 12);
	/* The backslash of "\\" begins nothing. */
	got = destroy("\\\\ud800");
	assert_string_equal(got, "{\"id\":\"\\\\ud800\",\"error\":null}\n");
	assert_string_equal(fake_calls(), "destroy \\ud800\n");
	fake_reset();
	free(got);
}

static void test_escapes(void **state)
{
	/* Escaped on the way in, and out again. */
	char *got = destroy("\\\"\\\\\\b\\f\\n\\r\\t\\u001f\\u007f");

	assert_string_equal(got,
		"{\"id\":\"\\\"\\\\\\b\\f\\n\\r\\t\\u001f\x7f\",\"error\":null}"
		"\n");
	assert_string_equal(fake_calls(), "destroy \"\\\b\f\n\r\t\x1f\x7f\n");
	fake_reset();
	free(got);
}

static char *repeat(
	const char *before, const char *s, size_t n, const char *after)
{
	struct bytes b = { 0 };

	assert_int_equal(bytes_append_text(&b, before), 0);
	while (n-- > 0)
		assert_int_equal(bytes_append_text(&b, s), 0);
	assert_int_equal(bytes_append_text(&b, after), 0);
	assert_int_equal(bytes_append(&b, "", 1), 0);
	return b.data;
}

/* Sends @before, @n times @s, and @after, and looks for @expected. */
static void check_long(const char *before, const char *s, size_t n,
	const char *after, size_t piece, const char *expected)
{
	char *in = repeat(before, s, n, after);
	char *got = fake_talk(&codec_json_0_2, in, strlen(in), piece);

	if (!strstr(got, expected))
		fail_msg("%.300s instead of %s", got, expected);
	free(got);
	free(in);
}

static void test_limits(void **state)
{
	const char *ok = ",\"error\":null}\n";

	check_long("{\"D\":\"", "a", 255, "\"}", SIZE_MAX, ok);
	check_long("{\"D\":\"", "a", 256, "\"}{\"D\":\"b\"}", SIZE_MAX,
		"...\\\" is 256 bytes long; the limit is 255\"}\n"
		"{\"id\":\"b\",\"error\":null}\n");
	check_long("{\"C\":{\"i\":\"a\",\"m\":[{\"u\":\"/\",\"p\":\"/", "a",
		4095, "\"}]}}", SIZE_MAX, ok);
	check_long("{\"C\":{\"i\":\"a\",\"m\":[{\"u\":\"/\",\"p\":\"/", "a",
		4096, "\"}]}}{\"D\":\"b\"}", SIZE_MAX,
		"...\\\" is 4097 bytes long; the limit is 4096\"}\n"
		"{\"id\":\"b\",\"error\":null}\n");
	check_long("{\"C\":{\"i\":\"a\",\"m\":[{\"p\":\"/\",\"u\":\"/", "a",
		100000, "\"}]}}", SIZE_MAX,
		"...\\\" is 100001 bytes long; the limit is 4096\"}\n");
	check_long("{\"C\":{\"i\":\"a\",\"q\":{\"1\":\"/", "a", 4096, "\"}}}",
		SIZE_MAX, "Prefix 1 is 4097 bytes long; the limit is 4096");
	check_long("{\"C\":{\"i\":\"a\",\"q\":{\"1\":\"/", "a", 4095,
		"\"},\"m\":[{\"x\":1,\"p\":\"b\",\"u\":\"/\"}]}}", SIZE_MAX,
		"...\\\" is 4098 bytes long; the limit is 4096");

	/* An object and the one in it are two of the 128. */
	check_long("{\"C\":{\"i\":\"a\",\"v\":", "[", 126, "", SIZE_MAX,
		"EOF while parsing a list at line 1 column 144");
	check_long("{\"C\":{\"i\":\"a\",\"v\":", "[", 127, "", SIZE_MAX,
		"recursion limit exceeded at line 1 column 145");
	check_long("{\"C\":{\"i\":\"a\",\"v\":", "{\"v\":", 1000000, "",
		SIZE_MAX, "recursion limit exceeded at line 1 column 649");

	/* Nothing of a string is seen before its end. */
	check_long("{\"C\":{\"i\":\"a\",\"v\":\"", "a", 1000000, "\"}}", 65536,
		ok);
	check_long("{\"C\":{\"i\":\"a\",\"v\":\"", "a", 3000000, "\"}}", 65536,
		"string or white space of more than 1 MiB at line 1 column ");
}

/* Within the limit of a request, but no more. */
static void test_huge(void **state)
{
	size_t n = (size_t)REQUEST_MAX_BYTES / 1024;
	char *line = repeat("\"", "a", 1020, "\",\n");
	struct json_decoder *dec = codec_json_0_2.new_state();
	static const char start[] = "{\"C\":{\"i\":\"a\",\"v\":[";
	enum decoded decoded;
	struct sb_error err;
	struct request req;
	size_t used;

	request_init(&req);
	decoded = codec_json_0_2.decode(
		dec, &req, start, strlen(start), &used, &err);
	for (size_t i = 0; i < n && decoded == DECODED_MORE; i++)
		decoded = codec_json_0_2.decode(
			dec, &req, line, 1024, &used, &err);
	assert_int_equal(decoded, DECODED_FATAL);
	assert_non_null(strstr(err.text, "request of more than 256 MiB at"));
	/* Nothing of it had to be kept. */
	assert_in_range(req.arena.size, 0, 4096);
	codec_json_0_2.free_state(dec);
	request_deinit(&req);
	free(line);
}

/* More mappings than allowed: recoverable, and not kept. */
static void test_many(void **state)
{
	struct request req;
	struct request_mapping *m = NULL;
	size_t n = 0;

	request_init(&req);
	do
		m = request_add_mapping(&req);
	while (m && ++n < 100);
	assert_int_equal(n, 100);
	/* As if it were full; nothing of what is there is looked at. */
	req.mappings.len = sizeof(*m) * (size_t)REQUEST_MAX_MAPPINGS;
	assert_null(request_add_mapping(&req));
	assert_true(req.failed);
	assert_string_equal(
		req.error.text, "Request has more than 16777216 mappings");
	request_deinit(&req);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unicode),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
