/* Unit tests of the layout. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/layout.h"

static struct layout_entry *root;
static struct layout_journal journal;
static struct layout_hint hint;

static int set_up(void **state)
{
	root = layout_entry_new("", 0);
	journal = (struct layout_journal){ 0 };
	hint = (struct layout_hint){ 0 };
	return root ? 0 : -1;
}

static int tear_down(void **state)
{
	layout_journal_deinit(&journal);
	root = layout_entry_unref(root);
	return 0;
}

static int add(const char *path, const char *target, bool any_order)
{
	return layout_add(root, path, strlen(path), target, strlen(target),
		true, any_order, &hint, &journal);
}

static struct layout_entry *at(const char *path)
{
	return layout_walk(root, path, strlen(path));
}

static void folders_on_the_way_are_scaffolds(void **state)
{
	assert_int_equal(add("/a/b/c", "/t", false), 0);
	assert_non_null(at("/a"));
	assert_null(at("/a")->target);
	assert_null(at("/a/b")->target);
	assert_string_equal(at("/a/b/c")->target, "/t");
	assert_true(at("/a/b/c")->writable);
	assert_null(at("/a/b/c/d"));
	assert_null(at("/b"));
	assert_ptr_equal(at("/"), root);
}

static void order_matters_unless_told(void **state)
{
	assert_int_equal(add("/a/b", "/t1", false), 0);
	assert_int_equal(add("/a", "/t2", false), -EEXIST);
	assert_int_equal(add("/", "/t2", false), -EEXIST);
	assert_int_equal(add("/a/b", "/t2", false), -EEXIST);
	assert_int_equal(add("/a/b/c", "/t3", false), 0);
	assert_int_equal(add("/a", "/t2", true), 0);
	assert_int_equal(add("/", "/t4", true), 0);
	assert_int_equal(add("/", "/t5", true), -EEXIST);
	assert_string_equal(at("/a")->target, "/t2");
	assert_string_equal(at("/a/b")->target, "/t1");
}

static void the_hint_is_no_prefix_of_names(void **state)
{
	assert_int_equal(add("/ab/x", "/1", false), 0);
	assert_int_equal(add("/abc/x", "/2", false), 0);
	assert_int_equal(add("/ab/y/z", "/3", false), 0);
	assert_int_equal(add("/ab/y2", "/4", false), 0);
	assert_int_equal(add("/a", "/5", false), 0);
	assert_string_equal(at("/abc/x")->target, "/2");
	assert_string_equal(at("/ab/y/z")->target, "/3");
	assert_string_equal(at("/ab/y2")->target, "/4");
	assert_string_equal(at("/a")->target, "/5");
}

static void undo_takes_all_back(void **state)
{
	struct layout_journal first;

	assert_int_equal(add("/a/b", "/t", false), 0);
	first = journal;
	journal = (struct layout_journal){ 0 };
	assert_int_equal(add("/a/c/d", "/u", false), 0);
	assert_int_equal(add("/a", "/v", true), 0);
	assert_int_equal(add("/x", "/w", true), 0);
	layout_undo(&journal);
	assert_null(at("/a")->target);
	assert_null(at("/a/c"));
	assert_null(at("/x"));
	assert_string_equal(at("/a/b")->target, "/t");
	layout_journal_deinit(&first);
}

static void entries_outlive_the_tree(void **state)
{
	struct layout_entry *entry, *top;

	assert_int_equal(add("/top/in", "/t", false), 0);
	top = at("/top");
	entry = layout_entry_ref(at("/top/in"));
	layout_detach(top);
	assert_null(at("/top"));
	layout_entry_unref(top);
	assert_string_equal(entry->target, "/t");
	assert_null(entry->parent);
	layout_entry_unref(entry);
}

static void many_entries_are_found(void **state)
{
	/* The hint borrows the last path: each needs memory of its own. */
	static char paths[20000][32];

	for (int i = 0; i < 20000; i++) {
		snprintf(paths[i], 32, "/d%d/f%d", i % 100, i);
		assert_int_equal(add(paths[i], paths[i], false), 0);
	}
	for (int i = 0; i < 20000; i += 7)
		assert_string_equal(at(paths[i])->target, paths[i]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(folders_on_the_way_are_scaffolds),
		TEST(order_matters_unless_told),
		TEST(the_hint_is_no_prefix_of_names),
		TEST(undo_takes_all_back),
		TEST(entries_outlive_the_tree),
		TEST(many_entries_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
