/*
 * Unit tests of spaces: mapping, looking up, changing, on a scratch folder
 * and without any front-end but one that writes down what it is told.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/internal.h"
#include "core/listing.h"

static struct space *space;
static char base[64];
static char told[4096];

static void entry_changed(
	void *ctx, struct node *dir, const char *name, size_t len)
{
	size_t at = strlen(told);

	snprintf(told + at, sizeof(told) - at, "%.*s ", (int)len, name);
}

static void ignore_node(void *ctx, struct node *node)
{
}

static const struct space_events events = {
	.entry_changed = entry_changed,
	.directory_gone = ignore_node,
	.attr_changed = ignore_node,
	.data_changed = ignore_node,
};

static const char *host(const char *name)
{
	static char paths[4][256];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, 256, "%s/%s", base, name);
	return path;
}

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(host(name), "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int new_space(const struct space_options *options)
{
	int r = space_new(&space, options);

	if (!r)
		space_set_events(space, &events, NULL);
	told[0] = '\0';
	return r;
}

static int set_up(void **state)
{
	struct space_options options = { 0 };

	strcpy(base, "/tmp/test-space-XXXXXX");
	if (!mkdtemp(base))
		return -1;
	mkdir(host("dir"), 0755);
	mkdir(host("dir/sub"), 0755);
	write_file("dir/f", "f");
	write_file("dir/sub/g", "g");
	return new_space(&options);
}

static int tear_down(void **state)
{
	char command[128];

	space = space_free(space);
	snprintf(command, sizeof(command), "rm -rf '%s'", base);
	return system(command);
}

static struct mapping mapping(const char *path, const char *target, bool rw)
{
	return (struct mapping){ path, strlen(path), target, strlen(target),
		rw };
}

static int map(
	const char *path, const char *target, bool rw, struct sb_error *err)
{
	struct mapping m = mapping(path, target, rw);

	return space_map(space, &m, 1, err);
}

/* Looks up "a/b/c"; *@nodep is referenced on success. */
static int walk(const char *path, struct node **nodep)
{
	struct node *node = node_ref(space_root(space));
	char copy[256], *save, *name;
	struct node_found found;
	int r = 0;

	snprintf(copy, sizeof(copy), "%s", path);
	for (name = strtok_r(copy, "/", &save); name && !r;
		name = strtok_r(NULL, "/", &save)) {
		r = node_lookup(node, name, strlen(name), &found);
		node_unref(node);
		node = r ? NULL : found.node;
	}
	*nodep = node;
	return r;
}

static int exists(const char *path)
{
	struct node *node;
	int r = walk(path, &node);

	node_unref(node);
	return r;
}

static void mapped_places_are_found(void **state)
{
	struct node *a, *b;
	struct stat st;

	assert_int_equal(map("/x/y", host("dir"), false, NULL), 0);
	assert_int_equal(map("/z", host("dir/f"), true, NULL), 0);
	assert_int_equal(exists("x/y/sub/g"), 0);
	assert_int_equal(exists("x/y/nothing"), -ENOENT);
	assert_int_equal(exists("x/nothing"), -ENOENT);

	assert_int_equal(walk("x", &a), 0);
	assert_int_equal(node_stat(a, &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0555);
	node_unref(a);

	/* Read-only and writable nodes of a file are siblings. */
	assert_int_equal(walk("x/y/f", &a), 0);
	assert_int_equal(walk("z", &b), 0);
	assert_ptr_not_equal(a, b);
	assert_ptr_equal(a->key.ino, b->key.ino);
	assert_true(atomic_load(&a->leaf.has_sibling));
	assert_int_equal(node_open(a, O_WRONLY, false), -EPERM);
	node_unref(a);
	assert_false(atomic_load(&b->leaf.has_sibling));
	node_unref(b);
}

static void one_file_is_one_node(void **state)
{
	struct node *a, *b;

	assert_int_equal(map("/1", host("dir"), true, NULL), 0);
	assert_int_equal(map("/2", host("dir"), true, NULL), 0);
	assert_int_equal(walk("1/f", &a), 0);
	assert_int_equal(walk("2/f", &b), 0);
	assert_ptr_equal(a, b);
	node_unref(a);
	node_unref(b);
	/* Folders are not: each has its place. */
	assert_int_equal(walk("1/sub", &a), 0);
	assert_int_equal(walk("2/sub", &b), 0);
	assert_ptr_not_equal(a, b);
	node_unref(a);
	assert_int_equal(walk("1/sub", &a), 0);
	node_unref(a);
	node_unref(b);
}

static void creation_is_all_or_nothing(void **state)
{
	struct mapping mappings[] = {
		mapping("/a/f", host("dir/f"), false),
		mapping("/a/f", host("dir/f"), false),
	};
	struct sb_error err;

	assert_int_equal(
		space_create(space, "s", 1, mappings, 2, &err), -EEXIST);
	assert_non_null(strstr(err.text, "Already mapped"));
	assert_int_equal(exists("s"), -ENOENT);
	assert_int_equal(space_create(space, "s", 1, mappings, 1, &err), 0);
	assert_int_equal(exists("s/a/f"), 0);

	/* Extending: the good first mapping goes with the bad second. */
	mappings[0] = mapping("/b/g", host("dir/sub/g"), false);
	assert_int_equal(
		space_create(space, "s", 1, mappings, 2, &err), -EEXIST);
	assert_int_equal(exists("s/b"), -ENOENT);
	mappings[1] = mapping("/b/missing", host("nowhere"), false);
	assert_int_equal(
		space_create(space, "s", 1, mappings, 2, &err), -ENOENT);
	assert_non_null(strstr(err.text, "Stat failed for"));
	assert_int_equal(exists("s/b"), -ENOENT);
	assert_int_equal(space_create(space, "s", 1, mappings, 1, &err), 0);
	assert_int_equal(exists("s/b/g"), 0);
	assert_int_equal(exists("s/a/f"), 0);
}

static void destroyed_means_gone(void **state)
{
	struct mapping m = mapping("/d", host("dir"), true);
	struct node *dir, *file;
	struct node_found found;
	struct sb_error err;

	assert_int_equal(space_create(space, "s", 1, &m, 1, &err), 0);
	assert_int_equal(walk("s/d", &dir), 0);
	assert_int_equal(walk("s/d/f", &file), 0);
	told[0] = '\0';
	assert_int_equal(space_destroy(space, "s", 1, &err), 0);
	assert_string_equal(told, "s ");
	assert_int_equal(exists("s"), -ENOENT);
	/* Who still stands in it finds nothing and can make nothing. */
	assert_int_equal(node_lookup(dir, "f", 1, &found), -ENOENT);
	assert_int_equal(node_unlink(dir, "f", 1), -ENOENT);
	/* An open file goes on. */
	assert_true(fcntl(atomic_load(&file->fd), F_GETFD) >= 0);
	node_unref(file);
	node_unref(dir);
	assert_int_equal(space_destroy(space, "s", 1, &err), -ENOENT);
	assert_string_equal(err.text, "Unknown entry");
	assert_int_equal(space_create(space, "s", 1, &m, 1, &err), 0);
	assert_int_equal(exists("s/d/f"), 0);
}

static void bad_ids_are_named(void **state)
{
	static const char *const ids[] = { "", "a/b", ".", ".." };
	struct sb_error err;

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(space_create(space, ids[i], strlen(ids[i]),
					 NULL, 0, &err),
			-EINVAL);
	assert_string_equal(err.text, "Identifier .. is not a basename");
}

static void front_ends_hear_the_name_that_changed(void **state)
{
	struct node *x;
	struct sb_error err;

	assert_int_equal(map("/", host("dir"), true, &err), 0);
	assert_int_equal(walk("sub", &x), 0);
	told[0] = '\0';
	assert_int_equal(map("/sub/deep/er", host("dir/f"), false, &err), 0);
	/* "sub" is known and stays; "deep" is the first that isn't. */
	assert_string_equal(told, "deep ");
	assert_int_equal(exists("sub/deep/er"), 0);
	assert_int_equal(exists("sub/g"), 0);
	/* What was mapped is protected, what is beside it is not. */
	assert_int_equal(node_rmdir(x, "deep", 4), -EPERM);
	assert_int_equal(node_rmdir(space_root(space), "sub", 3), -EPERM);
	assert_int_equal(node_unlink(x, "g", 1), 0);
	told[0] = '\0';
	assert_int_equal(space_unmap(space, "/sub/deep/er", 12, &err), 0);
	assert_int_equal(exists("sub/deep/er"), -ENOENT);
	node_unref(x);
}

static void renames_keep_nodes(void **state)
{
	struct node *root = space_root(space), *before, *after;

	assert_int_equal(map("/", host("dir"), true, NULL), 0);
	assert_int_equal(walk("sub", &before), 0);
	assert_int_equal(node_rename(root, "sub", 3, root, "new", 3, 0), 0);
	assert_int_equal(walk("new", &after), 0);
	assert_ptr_equal(before, after);
	node_unref(after);
	assert_int_equal(exists("sub"), -ENOENT);
	assert_int_equal(exists("new/g"), 0);
	assert_int_equal(
		node_rename(root, "f", 1, root, "new", 3, RENAME_NOREPLACE),
		-EEXIST);
	assert_int_equal(
		node_rename(root, "f", 1, root, "new", 3, RENAME_EXCHANGE), 0);
	assert_int_equal(walk("f", &after), 0);
	assert_ptr_equal(before, after);
	node_unref(after);
	node_unref(before);
}

static void moved_folders_are_noticed(void **state)
{
	struct node *sub;

	assert_int_equal(map("/", host("dir"), false, NULL), 0);
	assert_int_equal(walk("sub", &sub), 0);
	assert_true(node_is_current(sub));
	assert_int_equal(rename(host("dir/sub"), host("dir/other")), 0);
	assert_false(node_is_current(sub));
	assert_int_equal(mkdir(host("dir/sub"), 0755), 0);
	assert_false(node_is_current(sub));
	node_unref(sub);
	assert_int_equal(walk("sub", &sub), 0);
	assert_true(node_is_current(sub));
	node_unref(sub);
}

static void scaffolds_become_real_when_asked(void **state)
{
	struct space_options options = { .writable_scaffolds = true };
	struct caller caller = { .uid = geteuid(), .gid = getegid() };
	struct node_found found;
	struct node *a;
	int fd = -1;

	space_free(space);
	assert_int_equal(new_space(&options), 0);
	assert_int_equal(map("/", host("dir"), true, NULL), 0);
	assert_int_equal(map("/n/m/f", host("dir/f"), false, NULL), 0);
	assert_int_equal(walk("n/m", &a), 0);
	assert_int_equal(
		node_create(a, "made", 4, O_RDWR, 0644, &caller, &found, &fd),
		0);
	close(fd);
	node_unref(found.node);
	assert_int_equal(access(host("dir/n/m/made"), F_OK), 0);
	assert_int_equal(exists("n/m/made"), 0);
	assert_int_equal(exists("n/m/f"), 0);
	node_unref(a);
	assert_int_equal(exists("n/m/made"), 0);
}

static void listings_merge(void **state)
{
	struct listing listing;
	char names[256] = "";

	assert_int_equal(map("/", host("dir"), false, NULL), 0);
	assert_int_equal(map("/sub/x", host("dir/f"), false, NULL), 0);
	assert_int_equal(map("/added", host("dir/f"), false, NULL), 0);
	assert_int_equal(listing_init(&listing, space_root(space), -1), 0);
	for (size_t i = 0; i < listing.n; i++) {
		strcat(names, listing.names + listing.items[i].name);
		strcat(names, " ");
	}
	assert_string_equal(names, ". .. sub added f ");
	listing_deinit(&listing);
}

static void targets_are_checked_in_bulk(void **state)
{
	enum { N = 50 };
	struct mapping mappings[N + 1];
	char paths[N + 1][64], targets[N + 1][128];
	struct sb_error err;

	for (int i = 0; i <= N; i++) {
		snprintf(paths[i], sizeof(paths[i]), "/m%d", i);
		snprintf(targets[i], sizeof(targets[i]), "%s/dir/t%d", base, i);
		mappings[i] = mapping(paths[i], targets[i], false);
		if (i < N) {
			char name[32];

			snprintf(name, sizeof(name), "dir/t%d", i);
			write_file(name, "");
		}
	}
	assert_int_equal(
		space_create(space, "s", 1, mappings, N + 1, &err), -ENOENT);
	assert_non_null(strstr(err.text, targets[N]));
	assert_int_equal(space_create(space, "s", 1, mappings, N, &err), 0);
	assert_int_equal(exists("s/m49"), 0);
}

/* For the thread sanitizer: lookups while sandboxes come and go. */
static _Atomic bool stop;

static void *look_up_all_the_time(void *arg)
{
	while (!atomic_load(&stop)) {
		exists("s/d/f");
		exists("s/d/sub/g");
		exists("t/f");
	}
	return NULL;
}

static void lookups_race_with_changes(void **state)
{
	struct mapping m = mapping("/d", host("dir"), true);
	struct mapping n = mapping("/f", host("dir/f"), false);
	pthread_t threads[3];
	struct sb_error err;

	atomic_store(&stop, false);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, look_up_all_the_time, NULL);
	for (int i = 0; i < 500; i++) {
		told[0] = '\0';
		assert_int_equal(space_create(space, "s", 1, &m, 1, &err), 0);
		assert_int_equal(exists("s/d/f"), 0);
		assert_int_equal(space_create(space, "t", 1, &n, 1, &err), 0);
		assert_int_equal(exists("t/f"), 0);
		assert_int_equal(space_destroy(space, "s", 1, &err), 0);
		assert_int_equal(exists("s/d/f"), -ENOENT);
		assert_int_equal(space_destroy(space, "t", 1, &err), 0);
	}
	atomic_store(&stop, true);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(mapped_places_are_found),
		TEST(one_file_is_one_node),
		TEST(creation_is_all_or_nothing),
		TEST(destroyed_means_gone),
		TEST(bad_ids_are_named),
		TEST(front_ends_hear_the_name_that_changed),
		TEST(renames_keep_nodes),
		TEST(moved_folders_are_noticed),
		TEST(scaffolds_become_real_when_asked),
		TEST(listings_merge),
		TEST(targets_are_checked_in_bulk),
		TEST(lookups_race_with_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
