/* The classic command line: every word of 0.2 and every complaint. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/options.h"

#define MAX_WORDS 8

struct words {
	const char *word[MAX_WORDS];
};

static int count(const struct words *words)
{
	int n = 0;

	while (n < MAX_WORDS && words->word[n])
		n++;
	return n;
}

/* All three steps, as long as they succeed. */
static int take(
	struct options *o, const struct words *words, struct sb_error *err)
{
	int r;

	err->text[0] = '\0';
	r = options_parse(o, count(words), (char *const *)words->word, err);
	if (r == 0)
		r = options_evaluate(o, err);
	if (r == 0)
		r = options_evaluate_rest(o, err);
	return r;
}

/* What 0.2 says, word for word. */
static const struct complaint {
	struct words words;
	const char *text;
} complaints[] = {
	/* Sorting the words. */
	{ { { "--foo" } }, "Unrecognized option: 'foo'" },
	{ { { "--foo=bar" } }, "Unrecognized option: 'foo'" },
	{ { { "-h" } }, "Unrecognized option: 'h'" },
	{ { { "-help" } }, "Unrecognized option: 'h'" },
	{ { { "--h" } }, "Unrecognized option: 'h'" },
	{ { { "-\xc3\xa9x" } }, "Unrecognized option: '\xc3\xa9'" },
	{ { { "--=x" } }, "Unrecognized option: ''" },
	/* No abbreviations, and other letters are other options. */
	{ { { "--map", "ro:/:/" } }, "Unrecognized option: 'map'" },
	{ { { "--versions" } }, "Unrecognized option: 'versions'" },
	{ { { "--Help" } }, "Unrecognized option: 'Help'" },
	{ { { "--reconfig-threads=1" } },
		"Unrecognized option: 'reconfig-threads'" },
	{ { { "--ttl" } }, "Argument to option 'ttl' missing" },
	{ { { "/mnt", "--mapping" } }, "Argument to option 'mapping' missing" },
	{ { { "--help=yes" } }, "Option 'help' does not take an argument" },
	{ { { "--xattrs=" } }, "Option 'xattrs' does not take an argument" },
	{ { { "--ttl=1s", "--ttl", "2s" } },
		"Option 'ttl' given more than once" },
	{ { { "--help", "--help" } }, "Option 'help' given more than once" },
	{ { { "--xattrs", "--input=a", "--xattrs", "--input=b" } },
		"Option 'input' given more than once" },
	/* The first bad word counts, and it counts more than repetition. */
	{ { { "--foo", "--bar" } }, "Unrecognized option: 'foo'" },
	{ { { "--xattrs", "--xattrs", "--foo" } },
		"Unrecognized option: 'foo'" },
	{ { { "--version", "--help", "--foo" } },
		"Unrecognized option: 'foo'" },

	{ { { "--allow=foo", "/m" } },
		"foo must be one of other, root, or self" },
	{ { { "--allow=", "/m" } }, " must be one of other, root, or self" },
	{ { { "--allow=Self", "/m" } },
		"Self must be one of other, root, or self" },

	{ { { "--mapping=", "/m" } },
		"bad mapping : expected three colon-separated fields" },
	{ { { "--mapping=ro:/foo", "/m" } },
		"bad mapping ro:/foo: expected three colon-separated fields" },
	{ { { "--mapping=ro:/a:/b:/c", "/m" } },
		"bad mapping ro:/a:/b:/c: expected three colon-separated "
		"fields" },
	{ { { "--mapping=ro:/a\\:/b", "/m" } },
		"bad mapping ro:/a\\:/b: expected three colon-separated "
		"fields" },
	{ { { "--mapping=row:/foo:/bar", "/m" } },
		"bad mapping row:/foo:/bar: type was row but should be ro or "
		"rw" },
	{ { { "--mapping=:/foo:/bar", "/m" } },
		"bad mapping :/foo:/bar: type was  but should be ro or rw" },
	{ { { "--mapping=row:foo:bar", "/m" } },
		"bad mapping row:foo:bar: type was row but should be ro or "
		"rw" },
	{ { { "--mapping=ro:foo:bar", "/m" } },
		"bad mapping ro:foo:bar: path \"foo\" is not absolute" },
	{ { { "--mapping=ro::/bar", "/m" } },
		"bad mapping ro::/bar: path \"\" is not absolute" },
	{ { { "--mapping=rw:/:relative/path", "/m" } },
		"bad mapping rw:/:relative/path: path \"relative/path\" is "
		"not absolute" },
	{ { { "--mapping=rw:/a:", "/m" } },
		"bad mapping rw:/a:: path \"\" is not absolute" },
	{ { { "--mapping=ro:/a/../b:/c", "/m" } },
		"bad mapping ro:/a/../b:/c: path \"/a/../b\" is not "
		"normalized" },
	{ { { "--mapping=ro:/..:c", "/m" } },
		"bad mapping ro:/..:c: path \"/..\" is not normalized" },
	{ { { "--mapping=ro:/:/", "--mapping=x", "/m" } },
		"bad mapping x: expected three colon-separated fields" },

	{ { { "--ttl=1234", "/m" } },
		"invalid time specification 1234: missing unit" },
	{ { { "--ttl=", "/m" } }, "invalid time specification : missing unit" },
	{ { { "--ttl=5ms", "/m" } },
		"invalid time specification 5ms: unsupported unit 'ms' (only "
		"'s' is allowed)" },
	{ { { "--ttl=5 s", "/m" } },
		"invalid time specification 5 s: unsupported unit ' s' (only "
		"'s' is allowed)" },
	{ { { "--ttl= 5s", "/m" } },
		"invalid time specification  5s: unsupported unit ' 5s' (only "
		"'s' is allowed)" },
	{ { { "--ttl=+5s", "/m" } },
		"invalid time specification +5s: unsupported unit '+5s' (only "
		"'s' is allowed)" },
	{ { { "--ttl=1.5s", "/m" } },
		"invalid time specification 1.5s: unsupported unit '.5s' "
		"(only 's' is allowed)" },
	{ { { "--ttl=-5s", "/m" } },
		"invalid time specification -5s: invalid digit found in "
		"string" },
	{ { { "--ttl=-s", "/m" } },
		"invalid time specification -s: invalid digit found in "
		"string" },
	{ { { "--ttl=s", "/m" } },
		"invalid time specification s: cannot parse integer from "
		"empty string" },
	{ { { "--ttl=4294967296s", "/m" } },
		"invalid time specification 4294967296s: number too large to "
		"fit in target type" },
	/* An option as a value is a value. */
	{ { { "--ttl", "--help", "/m" } },
		"invalid time specification --help: unsupported unit 'help' "
		"(only 's' is allowed)" },

	{ { { "--reconfig_threads=-1", "/m" } },
		"invalid thread count -1: invalid digit found in string" },
	{ { { "--reconfig_threads=", "/m" } },
		"invalid thread count : cannot parse integer from empty "
		"string" },
	{ { { "--reconfig_threads=+", "/m" } },
		"invalid thread count +: invalid digit found in string" },
	{ { { "--reconfig_threads=two", "/m" } },
		"invalid thread count two: invalid digit found in string" },
	{ { { "--reconfig_threads=18446744073709551616", "/m" } },
		"invalid thread count 18446744073709551616: number too large "
		"to fit in target type" },
	/* 0.2 panicked. */
	{ { { "--reconfig_threads=0", "/m" } },
		"invalid thread count 0: must be at least 1" },

	{ { { NULL } }, "invalid number of arguments" },
	{ { { "a", "b" } }, "invalid number of arguments" },
	{ { { "--xattrs" } }, "invalid number of arguments" },
	{ { { "--", "--xattrs", "a" } }, "invalid number of arguments" },

	/* In which order values are looked at. */
	{ { { "--reconfig_threads=x", "--ttl=x", "--mapping=x", "--allow=x" } },
		"x must be one of other, root, or self" },
	{ { { "--reconfig_threads=x", "--ttl=x", "--mapping=x" } },
		"bad mapping x: expected three colon-separated fields" },
	{ { { "--reconfig_threads=x", "--ttl=x" } },
		"invalid time specification x: unsupported unit 'x' (only 's' "
		"is allowed)" },
	{ { { "--reconfig_threads=x" } },
		"invalid thread count x: invalid digit found in string" },

	/* What 0.2 didn't have. */
	{ { { "--negative-ttl=1", "/m" } },
		"invalid time specification 1: missing unit" },
	{ { { "--grace=soon", "/m" } },
		"invalid time specification soon: unsupported unit 'soon' "
		"(only 's' is allowed)" },
	{ { { "--protocol=0.3", "/m" } }, "0.3 must be one of 0.1 or 0.2" },
	{ { { "--transport=tcp", "/m" } },
		"tcp must be one of auto, uring, or dev" },
	{ { { "--debug", "--debug", "/m" } },
		"Option 'debug' given more than once" },
	{ { { "--no-guard=1", "/m" } },
		"Option 'no-guard' does not take an argument" },
};

static void test_complaints(void **state)
{
	for (size_t i = 0; i < sizeof(complaints) / sizeof(*complaints); i++) {
		struct sb_error err;
		struct options o;
		int r = take(&o, &complaints[i].words, &err);

		assert_string_equal(err.text, complaints[i].text);
		assert_int_equal(r, -EINVAL);
		options_deinit(&o);
	}
}

static void take_well(struct options *o, const struct words *words)
{
	struct sb_error err;
	int r = take(o, words, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(r, 0);
}

static void test_defaults(void **state)
{
	struct words words = { { "/m" } };
	struct options o;

	take_well(&o, &words);
	assert_int_equal(o.allow, ALLOW_SELF);
	assert_int_equal(o.n_mapping_words, 0);
	assert_int_equal(o.ttl_s, 60);
	assert_int_equal(o.negative_ttl_s, 60);
	assert_int_equal(o.grace_s, 2);
	assert_int_equal(o.transport, KFUSE_TRANSPORT_AUTO);
	assert_int_equal(o.protocol, PROTOCOL_0_2);
	assert_int_equal(o.n_threads, options_cpus());
	assert_string_equal(o.mount_point, "/m");
	for (enum option_id id = 0; id < OPTION_N; id++) {
		assert_false(options_has(&o, id));
		assert_null(o.values[id]);
	}
	options_deinit(&o);
}

static void test_values(void **state)
{
	struct words words = { { "--allow", "other", "/m", "--ttl=0s",
		"--input=-", "--output", "", "--reconfig_threads=+7" } };
	struct options o;

	take_well(&o, &words);
	assert_int_equal(o.allow, ALLOW_OTHER);
	assert_int_equal(o.ttl_s, 0);
	assert_int_equal(o.negative_ttl_s, 0);
	assert_string_equal(o.values[OPTION_INPUT], "-");
	assert_string_equal(o.values[OPTION_OUTPUT], "");
	assert_int_equal(o.n_threads, 7);
	assert_string_equal(o.mount_point, "/m");
	options_deinit(&o);
}

static void test_new_values(void **state)
{
	struct words words = { { "--transport=uring", "--protocol=0.1",
		"--negative-ttl=5s", "--grace=4294967295s", "--allow=root",
		"--lazy-targets", "--ttl=007s", "--mnt" } };
	struct options o;

	words.word[7] = "mnt";
	take_well(&o, &words);
	assert_int_equal(o.allow, ALLOW_ROOT);
	assert_int_equal(o.transport, KFUSE_TRANSPORT_URING);
	assert_int_equal(o.protocol, PROTOCOL_0_1);
	assert_int_equal(o.ttl_s, 7);
	assert_int_equal(o.negative_ttl_s, 5);
	assert_true(o.grace_s == UINT32_MAX);
	assert_true(options_has(&o, OPTION_LAZY_TARGETS));
	assert_false(options_has(&o, OPTION_HARDLINKS));
	options_deinit(&o);
}

static void test_operands(void **state)
{
	struct words dashes = { { "--", "--ttl" } };
	struct words dash = { { "-", "--xattrs" } };
	struct words twice = { { "--xattrs", "--", "--" } };
	struct options o;

	take_well(&o, &dashes);
	assert_string_equal(o.mount_point, "--ttl");
	options_deinit(&o);
	take_well(&o, &dash);
	assert_string_equal(o.mount_point, "-");
	assert_true(options_has(&o, OPTION_XATTRS));
	options_deinit(&o);
	take_well(&o, &twice);
	assert_string_equal(o.mount_point, "--");
	options_deinit(&o);
}

/* --help and --version only need words that can be sorted. */
static void test_help_needs_nothing(void **state)
{
	struct words words = { { "--version", "--allow=x", "--help", "a",
		"b" } };
	struct sb_error err = { 0 };
	struct options o;

	assert_int_equal(options_parse(&o, count(&words),
				 (char *const *)words.word, &err),
		0);
	assert_true(options_has(&o, OPTION_HELP));
	assert_true(options_has(&o, OPTION_VERSION));
	options_deinit(&o);
}

static const struct good_mapping {
	const char *word;
	const char *path, *target;
	bool writable;
} good_mappings[] = {
	{ "ro:/:/fake/root", "/", "/fake/root", false },
	{ "rw:/foo:/bar", "/foo", "/bar", true },
	{ "rw://foo/.///bar/:/a/../b/./c//", "/foo/bar", "/a/../b/./c//",
		true },
	{ "ro:/...:/..", "/...", "/..", false },
	/* Colons can be escaped; 0.2 had no way to say them. */
	{ "ro:/a\\:b:/c\\:\\:d", "/a:b", "/c::d", false },
	{ "ro:/\\::/\\:", "/:", "/:", false },
	/* All other backslashes are themselves. */
	{ "ro:/a\\b\\\\:c:/d\\", "/a\\b\\:c", "/d\\", false },
	{ "ro:/a\\/:/b\\n", "/a\\", "/b\\n", false },
	{ "ro:/\xff\xfe:/\xc3\xa9", "/\xff\xfe", "/\xc3\xa9", false },
	{ "ro:/a b:/c=d", "/a b", "/c=d", false },
};

static void test_mappings(void **state)
{
	const size_t n = sizeof(good_mappings) / sizeof(*good_mappings);

	for (size_t i = 0; i < n; i++) {
		const struct good_mapping *good = &good_mappings[i];
		struct words words = { { "--mapping", good->word, "/m" } };
		struct options o;

		take_well(&o, &words);
		assert_int_equal(o.n_mapping_words, 1);
		assert_int_equal(o.mappings[0].path_len, strlen(good->path));
		assert_memory_equal(
			o.mappings[0].path, good->path, strlen(good->path));
		assert_int_equal(
			o.mappings[0].target_len, strlen(good->target));
		assert_memory_equal(o.mappings[0].target, good->target,
			strlen(good->target));
		assert_int_equal(o.mappings[0].writable, good->writable);
		options_deinit(&o);
	}
}

static void test_mapping_order(void **state)
{
	struct words words = { { "--mapping=ro:/:/x", "/m", "--mapping",
		"rw:/a:/y", "--mapping=ro:/b:/z" } };
	struct options o;

	take_well(&o, &words);
	assert_int_equal(o.n_mapping_words, 3);
	assert_string_equal(o.mappings[0].target, "/x");
	assert_string_equal(o.mappings[1].target, "/y");
	assert_string_equal(o.mappings[2].target, "/z");
	options_deinit(&o);
}

/* More words than fit into an error's text must not break anything. */
static void test_long_words(void **state)
{
	char *word = malloc(20000);
	struct words words = { { word, "/m" } };
	struct sb_error err;
	struct options o;

	memset(word, 'x', 20000);
	word[19999] = '\0';
	memcpy(word, "--mapping=ro:", 13);
	assert_int_equal(take(&o, &words, &err), -EINVAL);
	options_deinit(&o);
	word[9] = '-';
	assert_int_equal(take(&o, &words, &err), -EINVAL);
	options_deinit(&o);
	free(word);
}

/* The part of 0.2, byte for byte. */
static void test_help(void **state)
{
	static const char format[] =
		"Usage: sandboxfs [options] MOUNT_POINT\n"
		"\n"
		"Options:\n"
		"    --allow other|root|self\n"
		"                        specifies who should have access to "
		"the file system\n"
		"                        (default: self)\n"
		"    --cpu_profile PATH  enables CPU profiling and writes a "
		"profile to the\n"
		"                        given path\n"
		"    --help              prints usage information and exits\n"
		"    --input PATH        where to read reconfiguration data "
		"from (- for stdin)\n"
		"    --mapping TYPE:PATH:UNDERLYING_PATH\n"
		"                        type and locations of a mapping\n"
		"    --node_cache        enables the path-based node cache "
		"(known broken)\n"
		"    --output PATH       where to write the reconfiguration "
		"status to (- for\n"
		"                        stdout)\n"
		"    --reconfig_threads COUNT\n"
		"                        number of reconfiguration threads "
		"(default: %u)\n"
		"    --ttl TIMEs         how long the kernel is allowed to "
		"keep file metadata\n"
		"                        (default: 60s)\n"
		"    --version           prints version information and exits\n"
		"    --xattrs            enables support for extended "
		"attributes\n";
	char want[sizeof(format) + 16];
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	options_print_help(out, "sandboxfs");
	assert_int_equal(fclose(out), 0);
	snprintf(want, sizeof(want), format, options_cpus());
	assert_true(len > strlen(want));
	assert_memory_equal(text, want, strlen(want));
	/* And every line of the rest fits a terminal. */
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) < 80);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_complaints),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_new_values),
		cmocka_unit_test(test_operands),
		cmocka_unit_test(test_help_needs_nothing),
		cmocka_unit_test(test_mappings),
		cmocka_unit_test(test_mapping_order),
		cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
