/* Paths are normalised, compared and quoted byte by byte. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/path.h"

static void check_normal(const char *in, const char *expected)
{
	struct sb_error err = { "" };
	char out[256];
	size_t len;

	memset(out, 'X', sizeof(out));
	assert_int_equal(path_normalise(in, strlen(in), out, &len, &err), 0);
	assert_string_equal(out, expected);
	assert_int_equal(len, strlen(expected));
	/* Within the size that was promised to be enough. */
	assert_int_equal(out[strlen(in) + 1], 'X');
}

static void test_normalise(void **state)
{
	check_normal("/", "/");
	check_normal("//", "/");
	check_normal("/.", "/");
	check_normal("/./", "/");
	check_normal("/a", "/a");
	check_normal("/a/", "/a");
	check_normal("/a//b", "/a/b");
	check_normal("/a/./b/.", "/a/b");
	check_normal("//a///b////", "/a/b");
	check_normal("/...", "/...");
	check_normal("/.a/..b/c..", "/.a/..b/c..");
	check_normal("/ /\t/\n", "/ /\t/\n");
	check_normal("/\xff\xfe/\x80", "/\xff\xfe/\x80");
}

static void check_refused(const char *in, size_t len, const char *message)
{
	struct sb_error err;
	char out[256];
	size_t out_len;

	assert_int_equal(path_normalise(in, len, out, &out_len, &err), -EINVAL);
	assert_string_equal(err.text, message);
	/* Whoever doesn't want to know needn't give a place for it. */
	assert_int_equal(path_normalise(in, len, out, &out_len, NULL), -EINVAL);
}

static void test_refused(void **state)
{
	check_refused("", 0, "path \"\" is not absolute");
	check_refused("a", 1, "path \"a\" is not absolute");
	check_refused("./a", 3, "path \"./a\" is not absolute");
	check_refused("..", 2, "path \"..\" is not absolute");
	check_refused("/..", 3, "path \"/..\" is not normalized");
	check_refused("/a/..", 5, "path \"/a/..\" is not normalized");
	check_refused("/a/../b", 7, "path \"/a/../b\" is not normalized");
	check_refused("/a\0b", 4, "path \"/a\\0b\" contains a NUL byte");
}

static void test_append(void **state)
{
	char out[64] = "/";
	size_t len = 1;

	assert_int_equal(path_append(out, &len, "a/./b//c/", 9), 0);
	assert_int_equal(len, 6);
	assert_memory_equal(out, "/a/b/c", 6);
	assert_int_equal(path_append(out, &len, "", 0), 0);
	assert_int_equal(len, 6);
	assert_int_equal(path_append(out, &len, "d/../e", 6), -EINVAL);
	assert_int_equal(len, 6);
	assert_memory_equal(out, "/a/b/c", 6);
}

static bool same(const char *a, const char *b)
{
	assert_int_equal(path_same(a, strlen(a), b, strlen(b)),
		path_same(b, strlen(b), a, strlen(a)));
	return path_same(a, strlen(a), b, strlen(b));
}

static void test_same(void **state)
{
	assert_true(same("", ""));
	assert_true(same("/", "//"));
	assert_true(same("/a/b", "/a//b/"));
	assert_true(same("/a/b", "/a/./b"));
	assert_true(same("/a/../b", "/a//../b"));
	assert_false(same("", "/"));
	assert_false(same("a", "/a"));
	assert_false(same("/a", "/a/b"));
	assert_false(same("/a/b", "/b"));
	assert_false(same("/a", "/ab"));
}

static void check_quote(const char *path, size_t len, const char *expected)
{
	char buf[64];

	assert_ptr_equal(path_quote(buf, sizeof(buf), path, len), buf);
	assert_string_equal(buf, expected);
}

static void test_quote(void **state)
{
	check_quote("", 0, "\"\"");
	check_quote("/a b", 4, "\"/a b\"");
	check_quote("\"\\\n\r\t", 5, "\"\\\"\\\\\\n\\r\\t\"");
	check_quote("\0\x1b\x7f", 3, "\"\\0\\u{1b}\\u{7f}\"");
	check_quote("\xc3\xa9\xff\xc3", 4, "\"\xc3\xa9\\xff\\xc3\"");
}

static void test_quote_cut(void **state)
{
	char buf[12];

	for (size_t size = 8; size <= sizeof(buf); size++) {
		memset(buf, 'X', sizeof(buf));
		path_quote(buf, size, "abcdefghijklm", 13);
		assert_true(strlen(buf) < size);
		assert_string_equal(buf + strlen(buf) - 4, "...\"");
		if (size < sizeof(buf))
			assert_int_equal(buf[size], 'X');
	}
	/* What just fits is not cut. */
	assert_string_equal(
		path_quote(buf, 12, "123456789", 9), "\"123456789\"");
	assert_string_equal(
		path_quote(buf, 12, "1234567890", 10), "\"123456...\"");
	/* Nor are characters cut in two. */
	assert_string_equal(
		path_quote(buf, 12, "12345\xc3\xa9 10", 10), "\"12345...\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normalise),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_quote),
		cmocka_unit_test(test_quote_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
