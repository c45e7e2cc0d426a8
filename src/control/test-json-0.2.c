/* The JSON protocol 0.2: each request, answer and message of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "control/test-fake.h"

/* Text in which ' stands for ", as JSON has so many of them, and ~ for '. */
struct talk {
	const char *in;
	const char *out;
	const char *calls;
};

static char *unquote(const char *text)
{
	char *copy = strdup(text);

	assert_non_null(copy);
	for (char *p = copy; *p; p++)
		*p = *p == '\'' ? '"' : *p == '~' ? '\'' : *p;
	return copy;
}

/* Whatever the pieces in which the text arrives, the outcome is the same. */
static void check(const struct talk *talks, size_t n)
{
	static const size_t pieces[] = { SIZE_MAX, 1, 2, 7 };

	for (size_t i = 0; i < n; i++) {
		char *in = unquote(talks[i].in);
		char *out = unquote(talks[i].out);

		for (size_t p = 0; p < 4; p++) {
			char *got = fake_talk(
				&codec_json_0_2, in, strlen(in), pieces[p]);

			assert_string_equal(got, out);
			assert_string_equal(fake_calls(), talks[i].calls);
			fake_reset();
			free(got);
		}
		free(in);
		free(out);
	}
}

#define CHECK(talks) check(talks, sizeof(talks) / sizeof(*(talks)))

#define OK(id)       "{'id':'" id "','error':null}\n"
#define BAD(id, err) "{'id':'" id "','error':'" err "'}\n"
#define FATAL(err)   "{'id':null,'error':'" err "'}\n"

static void test_requests(void **state)
{
	static const struct talk talks[] = {
		{ "", "", "" },
		{ " \n\t\r ", "", "" },
		{ "{'CreateSandbox':{'id':'foo'}}", OK("foo"),
			"create foo []\n" },
		{ "{'C':{'i':'empty','m':[]}}", OK("empty"),
			"create empty []\n" },
		{ "{'DestroySandbox':'foo'}", OK("foo"), "destroy foo\n" },
		{ "{'D':'foo'}", OK("foo"), "destroy foo\n" },
		{ "{'CreateSandbox':{'id':'foo','mappings':[{'path':'/bar',"
		  "'underlying_path':'/bin'}]}}",
			OK("foo"), "create foo [/bar -> /bin ro]\n" },
		{ "{'C':{'m':[{'w':true,'u':'/bin','p':'/'},"
		  "{'p':'/a','u':'/b','w':false}],'i':'foo'}}",
			OK("foo"), "create foo [/ -> /bin rw, /a -> /b ro]\n" },
		/* White space or none between requests, none behind. */
		{ "{'D':'a'}{'D':'b'} \n {'D':'c'}", OK("a") OK("b") OK("c"),
			"destroy a\ndestroy b\ndestroy c\n" },
		/* Unknown names are ignored, with all that is in them. */
		{ "{'C':{'v':1,'i':'a','w':[{'i':2},[]],'x':{'i':'b',"
		  "'m':[0]},'m':[{'p':'/a','z':null,'u':'/b','y_':-1.5e3,"
		  "'t':true}],'s':'s'}}",
			OK("a"), "create a [/a -> /b ro]\n" },
		{ "{'C':{'i':'a','':1,'\\u0000':2}}", OK("a"),
			"create a []\n" },
	};

	CHECK(talks);
}

static void test_prefixes(void **state)
{
	static const struct talk talks[] = {
		/* As Bazel sends it: prefixes behind the mappings. */
		{ "{'C':{'i':'0','m':[{'x':1,'p':'ws','y':2,'u':'scratch',"
		  "'w':true},{'x':3,'p':'a.c','y':4,'u':'a.c'}],'q':{'1':'/',"
		  "'2':'/OB/1','3':'/ws/pkg','4':'/OB/ws/pkg'}}}",
			OK("0"),
			"create 0 [/ws -> /OB/1/scratch rw, "
			"/ws/pkg/a.c -> /OB/ws/pkg/a.c ro]\n" },
		/* Kept for later requests; given again with the same path. */
		{ "{'C':{'i':'a','prefixes':{'7':'/x'}}}"
		  "{'C':{'i':'b','q':{'7':'/x/','0':''},'m':[{'path_prefix':7,"
		  "'p':'','underlying_path_prefix':7,'u':'y'}]}}",
			OK("a") OK("b"),
			"create a []\ncreate b [/x -> /x/y ro]\n" },
		/* Also when a mapping of that request was wrong. */
		{ "{'C':{'i':'a','q':{'7':'/x'},'m':[{'p':'a','u':'/b'}]}}"
		  "{'C':{'i':'b','m':[{'x':7,'p':'p','u':'/u'}]}}",
			BAD("a", "path \\'a\\' is not absolute") OK("b"),
			"create b [/x/p -> /u ro]\n" },
		/* Paths are normalised, targets are not. */
		{ "{'C':{'i':'a','q':{'1':'/a//./b/','2':'/t/../u/'},'m':["
		  "{'x':1,'p':'./c//d/','y':2,'u':'../v//w/'},"
		  "{'p':'//p/.','u':'/t/./x/..'},{'x':1,'p':'','u':'/'}]}}",
			OK("a"),
			"create a [/a/b/c/d -> /t/../u/../v//w/ ro, "
			"/p -> /t/./x/.. ro, /a/b -> / ro]\n" },
		{ "{'C':{'i':'a','q':{'+1':'/a','002':'/b','4294967295':'/c'},"
		  "'m':[{'x':1,'p':'','y':2,'u':''},"
		  "{'x':4294967295,'p':'','y':2,'u':''}]}}",
			OK("a"), "create a [/a -> /b ro, /c -> /b ro]\n" },
		/* A prefix may be relative as long as no path is. */
		{ "{'C':{'i':'a','q':{'1':'a'}}}"
		  "{'C':{'i':'b','m':[{'x':1,'p':'b','u':'/u'}]}}"
		  "{'C':{'i':'c','m':[{'p':'/p','y':1,'u':'b'}]}}",
			OK("a") BAD("b", "path \\'a/b\\' is not absolute")
				BAD("c", "path \\'a/b\\' is not absolute"),
			"create a []\n" },
	};

	CHECK(talks);
}

static void test_recoverable(void **state)
{
	static const struct talk talks[] = {
		{ "{'C':{'i':''}}{'D':''}",
			BAD("", "Identifier cannot be empty")
				BAD("", "Identifier cannot be empty"),
			"" },
		{ "{'C':{'i':'a/b'}}{'D':'/'}",
			BAD("a/b", "Identifier a/b is not a basename")
				BAD("/", "Identifier / is not a basename"),
			"" },
		{ "{'C':{'i':'.'}}{'D':'..'}{'D':'...'}",
			BAD(".", "Identifier . is not a basename") BAD("..",
				"Identifier .. is not a basename") OK("..."),
			"destroy ...\n" },
		{ "{'C':{'i':'a','m':[{'x':3,'p':'','u':'/u'}]}}",
			BAD("a", "Prefix 3 does not exist"), "" },
		{ "{'C':{'i':'a','m':[{'p':'/p','y':4,'u':''}]}}",
			BAD("a", "Prefix 4 does not exist"), "" },
		{ "{'C':{'i':'a','q':{'1':'/a'}}}{'C':{'i':'b','q':{'2':'/b',"
		  "'1':'/c'}}}{'C':{'i':'c','m':[{'x':2,'p':'','u':'/u'}]}}",
			OK("a") BAD("b",
				"Prefix 1 already had path /a but got new /c")
				BAD("c", "Prefix 2 does not exist"),
			"create a []\n" },
		/* All of a request's prefixes count, or none. */
		{ "{'C':{'i':'b','q':{'5':'/a','6':'/b','5':'/c'}}}"
		  "{'C':{'i':'c','q':{'5':'/c'},'m':[{'x':6,'p':'',"
		  "'u':'/u'}]}}",
			BAD("b", "Prefix 5 already had path /a but got new /c")
				BAD("c", "Prefix 6 does not exist"),
			"" },
		{ "{'C':{'i':'a','q':{'0':'/x'}}}",
			BAD("a", "Prefix 0 already had path  but got new /x"),
			"" },
		{ "{'C':{'i':'a','q':{'x':'/x'}}}{'C':{'i':'b','q':{'-1':''}}}"
		  "{'C':{'i':'c','q':{'1\\u0000':''}}}",
			BAD("a", "Bad prefix number: invalid digit found in "
				 "string")
				BAD("b", "Bad prefix number: invalid digit "
					 "found in string")
					BAD("c", "Bad prefix number: invalid "
						 "digit found in string"),
			"" },
		/* Whose answer it is may be known only later. */
		{ "{'C':{'q':{'+':'/x'},'m':[{'p':'/a','u':'/b'}],'i':'a'}}",
			BAD("a", "Bad prefix number: invalid digit found in "
				 "string"),
			"" },
		{ "{'C':{'i':'a','q':{'':'/x'}}}",
			BAD("a", "Bad prefix number: cannot parse integer from "
				 "empty string"),
			"" },
		{ "{'C':{'i':'a','q':{'4294967296':'/x'}}}"
		  "{'C':{'i':'b','q':{'99999999999999999999999':'/x'}}}",
			BAD("a", "Bad prefix number: number too large to fit "
				 "in target type")
				BAD("b", "Bad prefix number: number too large "
					 "to fit in target type"),
			"" },
		{ "{'C':{'i':'a','q':{'1':'/x'},'m':[{'x':1,'p':'/y',"
		  "'u':'/u'}]}}{'C':{'i':'b','m':[{'p':'/y','y':1,"
		  "'u':'/z'}]}}",
			BAD("a", "Suffix /y must be relative")
				BAD("b", "Suffix /z must be relative"),
			"" },
		{ "{'C':{'i':'a','m':[{'p':'y','u':'/z'}]}}"
		  "{'C':{'i':'b','m':[{'p':'/y','u':'z'}]}}"
		  "{'C':{'i':'c','m':[{'p':'','u':'/z'}]}}"
		  "{'C':{'i':'d','m':[{'p':'/y','u':''}]}}",
			BAD("a", "path \\'y\\' is not absolute")
				BAD("b", "path \\'z\\' is not absolute")
					BAD("c", "path \\'\\' is not absolute")
						BAD("d", "path \\'\\' is not "
							 "absolute"),
			"" },
		{ "{'C':{'i':'a','m':[{'p':'/a/../b','u':'/z'}]}}"
		  "{'C':{'i':'b','q':{'1':'/a'},'m':[{'x':1,'p':'../b',"
		  "'u':'/z'}]}}{'C':{'i':'c','q':{'2':'/a/..'},'m':[{'x':2,"
		  "'p':'','u':'/z'}]}}",
			BAD("a", "path \\'/a/../b\\' is not normalized")
				BAD("b", "path \\'/a/../b\\' is not normalized")
					BAD("c", "path \\'/a/..\\' is not "
						 "normalized"),
			"" },
		/* What core has to say. */
		{ "{'C':{'i':'a','m':[{'p':'/p','u':'/missing'}]}}{'D':'b'}",
			BAD("a", "Cannot map ~/p -> /missing (read-only)~: "
				 "Stat failed for \\'/missing\\': No such file "
				 "or directory (os error 2)") OK("b"),
			"create a [/p -> /missing ro]\ndestroy b\n" },
		{ "{'D':'absent'}{'D':'b'}",
			BAD("absent", "Unknown entry") OK("b"),
			"destroy absent\ndestroy b\n" },
		/* NUL bytes, which JSON can hold but no file name. */
		{ "{'D':'a\\u0000b'}",
			BAD("a\\u0000b",
				"Identifier \\'a\\\\0b\\' contains a NUL byte"),
			"" },
		{ "{'C':{'i':'a','m':[{'p':'/a\\u0000','u':'/u'}]}}"
		  "{'C':{'i':'b','m':[{'p':'/a','u':'/\\u0000u'}]}}"
		  "{'C':{'i':'c','q':{'1':'/\\u0000'}}}",
			BAD("a", "path \\'/a\\\\0\\' contains a NUL byte") BAD(
				"b", "path \\'/\\\\0u\\' contains a NUL "
				     "byte") BAD("c", "Prefix 1 contains a NUL "
						      "byte"),
			"" },
	};

	CHECK(talks);
}

/* Errors in the JSON end the stream; what came before counts. */
static void test_fatal(void **state)
{
	static const struct talk talks[] = {
		{ "[{'D':'a'}]", FATAL("expected value at line 1 column 1"),
			"" },
		{ "{'D':'a'}]{'D':'b'}",
			OK("a") FATAL("expected value at line 1 column 10"),
			"destroy a\n" },
		{ "{}", FATAL("expected value at line 1 column 2"), "" },
		{ "\n\n  {}", FATAL("expected value at line 3 column 4"), "" },
		{ "null", FATAL("expected value at line 1 column 1"), "" },
		{ "{'C':{'i':'a'},\n'D':'b'}",
			FATAL("expected value at line 2 column 3"), "" },
		{ "{'D':'a','D':'b'}",
			FATAL("expected value at line 1 column 12"), "" },
		{ "{'X':1}",
			FATAL("unknown variant `X`, expected `CreateSandbox` "
			      "or `DestroySandbox` at line 1 column 4"),
			"" },
		{ "{'C':'a'}",
			FATAL("invalid type: string \\'a\\', expected struct "
			      "CreateSandboxRequest at line 1 column 8"),
			"" },
		{ "{'C':['a']}",
			FATAL("invalid type: sequence, expected struct "
			      "CreateSandboxRequest at line 1 column 6"),
			"" },
		{ "{'D':5 }",
			FATAL("invalid type: integer `5`, expected a string at "
			      "line 1 column 6"),
			"" },
		{ "{'D':-1.5}",
			FATAL("invalid type: floating point `-1.5`, expected a "
			      "string at line 1 column 9"),
			"" },
		{ "{'D':null}",
			FATAL("invalid type: null, expected a string at line 1 "
			      "column 9"),
			"" },
		{ "{'D':{}}",
			FATAL("invalid type: map, expected a string at line 1 "
			      "column 6"),
			"" },
		{ "{'C':{'m':{}}}",
			FATAL("invalid type: map, expected a sequence at line "
			      "1 column 11"),
			"" },
		{ "{'C':{'m':['a']}}",
			FATAL("invalid type: string \\'a\\', expected struct "
			      "JsonMapping at line 1 column 14"),
			"" },
		{ "{'C':{'m':null}}",
			FATAL("invalid type: null, expected a sequence at line "
			      "1 column 14"),
			"" },
		{ "{'C':{'q':[]}}",
			FATAL("invalid type: sequence, expected a map at line "
			      "1 column 11"),
			"" },
		{ "{'C':{'q':{'1':true}}}",
			FATAL("invalid type: boolean `true`, expected a string "
			      "at line 1 column 19"),
			"" },
		{ "{'C':{'m':[{'w':'yes'}]}}",
			FATAL("invalid type: string \\'yes\\', expected a "
			      "boolean at line 1 column 21"),
			"" },
		{ "{'C':{'m':[{'x':'1'}]}}",
			FATAL("invalid type: string \\'1\\', expected u32 at "
			      "line 1 column 19"),
			"" },
		{ "{'C':{'m':[{'x':1.0}]}}",
			FATAL("invalid type: floating point `1.0`, expected "
			      "u32 at line 1 column 19"),
			"" },
		{ "{'C':{'m':[{'x':-1}]}}",
			FATAL("invalid value: integer `-1`, expected u32 at "
			      "line 1 column 18"),
			"" },
		{ "{'C':{'m':[{'y':4294967296}]}}",
			FATAL("invalid value: integer `4294967296`, expected "
			      "u32 at line 1 column 26"),
			"" },
		{ "{'C':{'m':[{'y':99999999999999999999999999}]}}",
			FATAL("invalid value: integer "
			      "`99999999999999999999999999`, expected u32 at "
			      "line 1 column 42"),
			"" },
		{ "{'C':{'m':[]}}",
			FATAL("missing field `id` at line 1 column 13"), "" },
		{ "{'C':{'i':'a','m':[{'u':'/u'}]}}",
			FATAL("missing field `path` at line 1 column 29"), "" },
		{ "{'D':'first'}\n{'C':{'root':'second','m':[{'p':'/b'}]}}\n"
		  "{'D':'third'}",
			OK("first") FATAL("missing field `underlying_path` at "
					  "line 2 column 37"),
			"destroy first\n" },
		{ "{'C':{'i':'a','id':'a'}}",
			FATAL("duplicate field `id` at line 1 column 18"), "" },
		{ "{'C':{'m':[],'m':[]}}",
			FATAL("duplicate field `mappings` at line 1 column 16"),
			"" },
		{ "{'C':{'q':{},'prefixes':{}}}",
			FATAL("duplicate field `prefixes` at line 1 column 23"),
			"" },
		{ "{'C':{'m':[{'p':'/a','p':'/a'}]}}",
			FATAL("duplicate field `path` at line 1 column 24"),
			"" },
	};

	CHECK(talks);
}

static void test_bad_json(void **state)
{
	static const struct talk talks[] = {
		{ "{'D' 'a'}", FATAL("expected `:` at line 1 column 8"), "" },
		{ "{'D':'a';}", FATAL("expected value at line 1 column 9"),
			"" },
		{ "{'D':}", FATAL("expected value at line 1 column 6"), "" },
		{ "{'D':tru}", FATAL("expected ident at line 1 column 9"), "" },
		{ "{'D':'a',}", FATAL("trailing comma at line 1 column 10"),
			"" },
		{ "{'C':{'m':[,]}}",
			FATAL("expected value at line 1 column 12"), "" },
		{ "{'C':{'m':[{'p':'/','u':'/'},]}}",
			FATAL("trailing comma at line 1 column 30"), "" },
		{ "{'C':{'m':[{'p':'/','u':'/'}:]}}",
			FATAL("expected `,` or `]` at line 1 column 29"), "" },
		{ "{'C':{'i':]}}", FATAL("expected value at line 1 column 11"),
			"" },
		{ "{1:2}", FATAL("key must be a string at line 1 column 2"),
			"" },
		{ "{'C':{'v':-}}", FATAL("invalid number at line 1 column 12"),
			"" },
		{ "{'C':{'v':1.}}", FATAL("invalid number at line 1 column 13"),
			"" },
		{ "{'C':{'v':1e+}}",
			FATAL("invalid number at line 1 column 14"), "" },
		{ "// hello", FATAL("expected value at line 1 column 1"), "" },
		{ "{/* hello */}", FATAL("expected value at line 1 column 2"),
			"" },
		{ "{'D':'\\x'}", FATAL("invalid escape at line 1 column 8"),
			"" },
		{ "{'D':'\\u00g0'}",
			FATAL("invalid escape at line 1 column 11"), "" },
		{ "{'D':'a\nb'}",
			FATAL("control character (\\\\u0000-\\\\u001F) found "
			      "while parsing a string at line 1 column 8"),
			"" },
		{ "{'D':'a\1b'}",
			FATAL("control character (\\\\u0000-\\\\u001F) found "
			      "at line 1 column 8"),
			"" },
		{ "{'D':\v'a'}",
			FATAL("control character (\\\\u0000-\\\\u001F) found "
			      "at line 1 column 6"),
			"" },
		/* The input ends within a request. */
		{ "{", FATAL("EOF while parsing an object at line 1 column 1"),
			"" },
		{ "{'D':'a'",
			FATAL("EOF while parsing an object at line 1 column 8"),
			"" },
		{ "{'D':'a'}{'D':'b",
			OK("a") FATAL("EOF while parsing an object at line 1 "
				      "column 16"),
			"destroy a\n" },
		{ "{'C':{'m':[\n",
			FATAL("EOF while parsing a list at line 2 column 0"),
			"" },
		{ "{'C':{'m':[1",
			FATAL("EOF while parsing a list at line 1 column 12"),
			"" },
	};

	CHECK(talks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_recoverable),
		cmocka_unit_test(test_fatal),
		cmocka_unit_test(test_bad_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
