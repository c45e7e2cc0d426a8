/* The first look at text: finds what is wrong, where it is, in any pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "control/screen.h"

#define SIZE 200

/* How many bytes pass, when they come in pieces of @piece. */
static size_t run(const char *text, size_t len, size_t piece)
{
	struct screen screen = { 0 };
	const char *problem = NULL;

	for (size_t at = 0; at < len; at += piece) {
		size_t n = len - at < piece ? len - at : piece;
		size_t good = screen_run(&screen, text + at, n, &problem);

		if (good == n)
			continue;
		assert_non_null(problem);
		/* Asked again, it says the same. */
		assert_int_equal(screen_run(&screen, text + at + good, n - good,
					 &problem),
			0);
		return at + good;
	}
	return len;
}

static void check(const char *text, size_t len, size_t expected)
{
	for (size_t piece = 1; piece <= len; piece++)
		assert_int_equal(run(text, len, piece), expected);
}

/* A bad byte is found wherever it stands among good ones. */
static void test_places(void **state)
{
	static const char bad[] =
		"\x00\x01\x08\x0b\x0c\x0e\x1f\x80\xbf\xc0\xff";
	char text[SIZE];

	for (size_t i = 0; i < SIZE; i++)
		text[i] = "abc \t\r\n{}\":,0~\x7f"[i % 15];
	check(text, SIZE, SIZE);
	for (size_t b = 0; b < sizeof(bad) - 1; b++) {
		for (size_t i = 0; i < SIZE; i++) {
			char old = text[i];

			text[i] = bad[b];
			assert_int_equal(run(text, SIZE, SIZE), i);
			assert_int_equal(run(text, SIZE, 65), i);
			text[i] = old;
		}
	}
}

/* Longer things are understood wherever they begin. */
static void test_sequences(void **state)
{
	static const struct {
		const char *text;
		size_t good;
	} cases[] = {
		{ "\xc3\xa9.", 3 }, { "\xf0\x9f\x98\x80.", 5 },
		{ "\xed\xa0\x80", 1 }, { "\xe2\x82.", 2 }, { "\xe2\x82\\", 2 },
		{ "\xe2\x82\n", 2 }, { "\\n\\\\\\\".", 7 }, { "\\\\ud800.", 8 },
		{ "\\u0041.", 7 }, { "\\uD83D\\ude00.", 13 }, { "\\ud83d.", 6 },
		{ "\\ud83d\\n", 7 }, { "\\ud83d\\u0041", 11 },
		{ "\\ud83d\\ud83d", 11 }, { "\\ude00", 5 }, { "\\\x01", 1 },
		{ "\\\xc3\xa9.", 4 }, /* yajl refuses this */
		{ "\\u00zz.", 7 },    /* and this */
	};
	char text[SIZE];

	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		size_t len = strlen(cases[c].text);

		for (size_t at = 0; at < SIZE - len; at++) {
			size_t good = at + cases[c].good;

			memset(text, '.', SIZE);
			memcpy(text + at, cases[c].text, len);
			if (cases[c].good == len)
				good = SIZE;
			assert_int_equal(run(text, SIZE, SIZE), good);
		}
		memset(text, '.', SIZE);
		memcpy(text + 3, cases[c].text, len);
		check(text, len + 3, cases[c].good + 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_sequences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
