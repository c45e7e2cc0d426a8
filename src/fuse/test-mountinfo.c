/* The mount table's lines, good and bad. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "fuse/mountinfo.h"

/* Parses a copy of exactly its size, so that tools notice reading behind. */
static int parse(const char *line, struct mountinfo *info, char **copy)
{
	*copy = strdup(line);
	assert_non_null(*copy);
	return mountinfo_parse(*copy, info);
}

static void test_plain(void **state)
{
	struct mountinfo info;
	char *copy;

	assert_int_equal(
		parse("36 35 98:12 /mnt1 /mnt2 rw,noatime master:1 - ext3 "
		      "/dev/root rw,errors=continue",
			&info, &copy),
		0);
	assert_int_equal(info.id, 36);
	assert_int_equal(info.parent_id, 35);
	assert_true(info.dev == makedev(98, 12));
	assert_string_equal(info.root, "/mnt1");
	assert_string_equal(info.mount_point, "/mnt2");
	assert_string_equal(info.type, "ext3");
	assert_string_equal(info.source, "/dev/root");
	assert_false(mountinfo_is_sandboxfs(&info));
	free(copy);
}

static void test_tags(void **state)
{
	static const char *const lines[] = {
		/* None, several, and one that looks like the end. */
		"1 2 0:41 / /m rw - fuse sandboxfs rw",
		"1 2 0:41 / /m rw shared:1 master:2 x - fuse sandboxfs rw",
		"1 2 0:41 / /m rw -x - fuse sandboxfs rw",
		/* Fields that we don't look at may be missing or new. */
		"1 2 0:41 / /m rw - fuse sandboxfs",
		"1 2 0:41 / /m rw - fuse sandboxfs rw more and more",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct mountinfo info;
		char *copy;

		assert_int_equal(parse(lines[i], &info, &copy), 0);
		assert_true(info.dev == makedev(0, 41));
		assert_string_equal(info.mount_point, "/m");
		assert_true(mountinfo_is_sandboxfs(&info));
		free(copy);
	}
}

static void test_escapes(void **state)
{
	struct mountinfo info;
	char *copy;

	assert_int_equal(
		parse("1 2 0:41 /a\\134b /with\\040space\\011tab\\012line\\134 "
		      "rw - fuse sand\\040box rw",
			&info, &copy),
		0);
	assert_string_equal(info.root, "/a\\b");
	assert_string_equal(info.mount_point, "/with space\ttab\nline\\");
	assert_string_equal(info.source, "sand box");
	free(copy);
	/* What is no escape stays; bytes are bytes. */
	assert_int_equal(
		parse("1 2 0:41 / /\\04x\\9\\400\\377\xff\\0 rw - fuse s rw",
			&info, &copy),
		0);
	assert_string_equal(info.mount_point, "/\\04x\\9\\400\377\xff\\0");
	free(copy);
	/* An escape that the line's end cuts off. */
	assert_int_equal(
		parse("1 2 0:41 / / rw - fuse s\\04", &info, &copy), 0);
	assert_string_equal(info.source, "s\\04");
	free(copy);
}

static void test_bad_lines(void **state)
{
	static const char *const lines[] = {
		"",
		" ",
		"36",
		"36 35",
		"36 35 98:0",
		"36 35 98:0 /",
		"36 35 98:0 / /m",
		"36 35 98:0 / /m rw",
		"36 35 98:0 / /m rw shared:1",
		"36 35 98:0 / /m rw -",
		"36 35 98:0 / /m rw - ext3",
		"36 35 98:0 / /m rw -  x",
		"x 35 98:0 / /m rw - ext3 x rw",
		"36 -5 98:0 / /m rw - ext3 x rw",
		"36x 35 98:0 / /m rw - ext3 x rw",
		"36 35 98 / /m rw - ext3 x rw",
		"36 35 98: / /m rw - ext3 x rw",
		"36 35 :0 / /m rw - ext3 x rw",
		"36 35 98:0:1 / /m rw - ext3 x rw",
		"36 35 98:0 root /m rw - ext3 x rw",
		"36 35 98:0 / m rw - ext3 x rw",
		"99999999999 35 98:0 / /m rw - ext3 x rw",
		"36 35 98:99999999999999999999999999 / /m rw - ext3 x rw",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct mountinfo info;
		char *copy;

		assert_int_equal(parse(lines[i], &info, &copy), -EINVAL);
		free(copy);
	}
}

/* Every way to cut a line short is either refused or leaves it whole. */
static void test_cut_lines(void **state)
{
	static const char line[] =
		"36 35 98:12 /r\\040 /m\\040 rw,x shared:1 - fuse "
		"sandboxfs rw";

	for (size_t len = 0; len < sizeof(line); len++) {
		char *copy = strndup(line, len);
		struct mountinfo info;

		if (mountinfo_parse(copy, &info) == 0) {
			assert_string_equal(info.mount_point, "/m ");
			assert_string_equal(info.type, "fuse");
		} else {
			assert_true(len < sizeof(line) - 12);
		}
		free(copy);
	}
}

static void test_kinds(void **state)
{
	static const struct {
		const char *type, *source;
		bool ours;
	} kinds[] = {
		{ "fuse", "sandboxfs", true },
		{ "fuse.sandboxfs", "sandboxfs", true },
		{ "fuse.sandboxfs", "other", false },
		{ "fuse.bindfs", "sandboxfs", false },
		{ "fuseblk", "sandboxfs", false },
		{ "fuse", "sandboxfs2", false },
		{ "tmpfs", "sandboxfs", false },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct mountinfo info = {
			.type = kinds[i].type,
			.source = kinds[i].source,
		};

		assert_int_equal(mountinfo_is_sandboxfs(&info), kinds[i].ours);
	}
}

static int count_visit(const struct mountinfo *info, void *ctx)
{
	int *n = ctx;

	(*n)++;
	return info->id == 3 ? 7 : 0;
}

static void walk(const char *text, int want_result, int want_count)
{
	char name[] = "/tmp/test-mountinfo.XXXXXX";
	int fd = mkstemp(name);
	int n = 0;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	assert_int_equal(mountinfo_walk(name, count_visit, &n), want_result);
	assert_int_equal(n, want_count);
	unlink(name);
}

static void test_walk(void **state)
{
	int n = 0;

	walk("", 0, 0);
	walk("1 0 0:1 / / rw - t s rw\nnonsense\n2 1 0:2 / /m rw - t s rw", 0,
		2);
	walk("1 0 0:1 / / rw - t s rw\n3 1 0:2 / /m rw - t s rw\n"
	     "4 1 0:2 / /n rw - t s rw\n",
		7, 2);
	assert_int_equal(
		mountinfo_walk("/nonexistent/mountinfo", count_visit, &n),
		-ENOENT);
	assert_int_equal(n, 0);
	assert_int_equal(mountinfo_walk("/", count_visit, &n), -EISDIR);
	/* The real one has the root directory at least. */
	assert_true(
		mountinfo_walk("/proc/self/mountinfo", count_visit, &n) >= 0);
	assert_true(n > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_cut_lines),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
