/* The JSON protocol 0.1: chunks, steps, answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "control/test-fake.h"

struct talk {
	const char *in; /* with ' for " */
	const char *out;
	const char *calls;
};

static void check(const struct talk *talks, size_t n)
{
	static const size_t pieces[] = { SIZE_MAX, 1, 2, 7 };

	for (size_t i = 0; i < n; i++) {
		char *in = strdup(talks[i].in);

		assert_non_null(in);
		for (char *p = in; *p; p++)
			if (*p == '\'')
				*p = '"';
		for (size_t p = 0; p < 4; p++) {
			char *got = fake_talk(
				&codec_json_0_1, in, strlen(in), pieces[p]);

			assert_string_equal(got, talks[i].out);
			assert_string_equal(fake_calls(), talks[i].calls);
			fake_reset();
			free(got);
		}
		free(in);
	}
}

#define CHECK(talks) check(talks, sizeof(talks) / sizeof(*(talks)))
#define MAP(p, u, w)                                                           \
	"{'Map':{'Mapping':'" p "','Target':'" u "','Writable':" w "}}"
#define FAILED "Reconfig failed: "

static void test_chunks(void **state)
{
	static const struct talk talks[] = {
		{ "", "", "" },
		{ "[]\n\n", "Done\n", "" },
		{ "[" MAP("/0/ws", "/o/scratch", "true") "]\n\n", "Done\n",
			"map /0/ws -> /o/scratch rw\n" },
		{ "[{'Unmap':'/0'}]\n\n", "Done\n", "unmap /0\n" },
		/* The last one may be ended by the end of the input. */
		{ "[{'Unmap':'/0'}]", "Done\n", "unmap /0\n" },
		{ "[{'Unmap':'/0'}]\n", "Done\n", "unmap /0\n" },
		{ "[{'Unmap':'/0'}]\n\n[{'Unmap':'/1'}]\n", "Done\nDone\n",
			"unmap /0\nunmap /1\n" },
		{ "[\n  {'Unmap':'/0'},\n\t{'Unmap':'/1'}\n]\n\n", "Done\n",
			"unmap /0\nunmap /1\n" },
		/* A newline too many belongs to the next chunk. */
		{ "[]\n\n\n[{'Unmap':'/0'}]\n\n", "Done\nDone\n",
			"unmap /0\n" },
		{ "[]\n\n\n", "Done\n", "" },
		{ "[]\n\n\n\n[]\n\n",
			"Done\n" FAILED
			"EOF while parsing a value at line 5 column 0\nDone\n",
			"" },
		{ "[{'Map':{'Writable':false,'x':[{}],'Target':'/u//../v/',"
		  "'Mapping':'//p/./q/'}}]",
			"Done\n", "map /p/q -> /u//../v/ ro\n" },
		{ "[" MAP("/", "/a", "false") "]", "Done\n",
			"map / -> /a ro\n" },
	};

	CHECK(talks);
}

/* No error ends the stream, and none of a chunk's steps is done before all
 * of them are understood. */
static void test_bad_chunks(void **state)
{
	static const struct talk talks[] = {
		{ "[{'Unmap':'/0'},\n]\n\n[{'Unmap':'/1'}]\n\n",
			FAILED "trailing comma at line 2 column 1\nDone\n",
			"unmap /1\n" },
		{ "[{'Unmap':'/0'\n\n[{'Unmap':'/1'}]\n\n",
			FAILED "EOF while parsing an object at line 3 column "
			       "0\nDone\n",
			"unmap /1\n" },
		{ "[{'Unmap':'/0'}",
			FAILED "EOF while parsing a list at line 1 column 15\n",
			"" },
		{ "[{'Unmap':'/0'}] []\n\n[]",
			FAILED
			"trailing characters at line 1 column 18\nDone\n",
			"" },
		{ "garbage\nof many\n'lines\n\n[]\n\n",
			FAILED "expected value at line 1 column 1\nDone\n",
			"" },
		{ "{'Unmap':'/0'}\n\n[]\n\n",
			FAILED
			"invalid type: map, expected a sequence at line 1 "
			"column 1\nDone\n",
			"" },
		{ "5\n\n",
			FAILED
			"invalid type: integer `5`, expected a sequence at "
			"line 1 column 1\n",
			"" },
		{ "5",
			FAILED
			"invalid type: integer `5`, expected a sequence at "
			"line 1 column 1\n",
			"" },
		{ "['Unmap']\n\n[]",
			FAILED "expected value at line 1 column 8\nDone\n",
			"" },
		{ "[{}]", FAILED "expected value at line 1 column 3\n", "" },
		{ "[{'UnmapFoo':'/baz'}]",
			FAILED
			"unknown variant `UnmapFoo`, expected `Map` or `Unmap` "
			"at line 1 column 12\n",
			"" },
		{ "[{'Unmap':'/a','Map':1}]",
			FAILED "expected value at line 1 column 20\n", "" },
		{ "[{'Unmap':'/0'},{'Map':{'Mapping':'/a','Target':'/b'}}]\n\n",
			FAILED "missing field `Writable` at line 1 column 53\n",
			"" },
		{ "[{'Map':{'Target':'/b','Writable':true}}]",
			FAILED "missing field `Mapping` at line 1 column 39\n",
			"" },
		{ "[{'Map':{'Mapping':'/b','Mapping':'/b'}}]",
			FAILED
			"duplicate field `Mapping` at line 1 column 33\n",
			"" },
		{ "[{'Unmap':'/0'}," MAP("bar", "/b", "false") "]\n\n[]",
			FAILED "path \"bar\" is not absolute\nDone\n", "" },
		{ "[" MAP("/a/..", "/b", "false") "]",
			FAILED "path \"/a/..\" is not normalized\n", "" },
		{ "[" MAP("/a", "b", "false") "]",
			FAILED "path \"b\" is not absolute\n", "" },
		{ "[{'Unmap':'0'}]", FAILED "path \"0\" is not absolute\n",
			"" },
		{ "[{'Unmap':'/0\\u0000'}]",
			FAILED "path \"/0\\0\" contains a NUL byte\n", "" },
		{ "[{'Unmap':'/\x80'}]\n\n[]",
			FAILED
			"invalid unicode code point at line 1 column 13\n"
			"Done\n",
			"" },
		{ "[{'Unmap':'/\\ud800'}]\n\n[]",
			FAILED
			"lone leading surrogate in hex escape at line 1 column "
			"19\nDone\n",
			"" },
	};

	CHECK(talks);
}

/* Those done before one that fails stay; those behind it are not done. */
static void test_failing_step(void **state)
{
	static const struct talk talks[] = {
		{ "[{'Unmap':'/0'},{'Unmap':'/absent'},{'Unmap':'/1'}]\n\n"
		  "[{'Unmap':'/2'}]",
			FAILED "Unknown entry\nDone\n",
			"unmap /0\nunmap /absent\nunmap /2\n" },
		{ "[" MAP("/a", "/b", "true") "," MAP(
			  "/c", "/missing", "false") "]",
			FAILED "Cannot map '/c -> /missing (read-only)': Stat "
			       "failed for \"/missing\": No such file or "
			       "directory (os error 2)\n",
			"map /a -> /b rw\nmap /c -> /missing ro\n" },
		/* An answer is one line, whatever it speaks of. */
		{ "[" MAP("/\\n\\u001b", "/missing", "false") "]",
			FAILED "Cannot map '/\\n\\x1b -> /missing (read-only)'"
			       ": Stat failed for \"/missing\": No such file "
			       "or directory (os error 2)\n",
			"map /\n\x1b -> /missing ro\n" },
	};

	CHECK(talks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_bad_chunks),
		cmocka_unit_test(test_failing_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
