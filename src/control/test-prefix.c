/* The table of prefixes: found again, kept apart, and removed without harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "control/prefix.h"

#define N 5000

/* Numbers that are near each other, and ones that share their low bits. */
static uint32_t number(unsigned int i)
{
	return i % 2 ? i : i << 16 | 7;
}

static int add(struct prefix_table *table, uint32_t n)
{
	char path[32];

	return prefix_add(table, n, path,
		(size_t)snprintf(path, sizeof(path), "/p/%u", n));
}

static void check(struct prefix_table *table, uint32_t n, bool there)
{
	const struct prefix *p = prefix_find(table, n);
	char path[32];

	if (!there) {
		assert_null(p);
		return;
	}
	assert_non_null(p);
	assert_int_equal(p->number, n);
	assert_int_equal(p->len, snprintf(path, sizeof(path), "/p/%u", n));
	assert_memory_equal(p->text, path, p->len);
}

static void test_many(void **state)
{
	struct prefix_table table;

	assert_int_equal(prefix_table_init(&table), 0);
	for (unsigned int i = 1; i < N; i++)
		assert_int_equal(add(&table, number(i)), 1);
	for (unsigned int i = 1; i < N; i++)
		assert_int_equal(add(&table, number(i)), 0);
	for (unsigned int i = 1; i < N; i++)
		check(&table, number(i), true);
	check(&table, UINT32_MAX, false);
	assert_int_equal(prefix_find(&table, 0)->len, 0);
	prefix_table_deinit(&table);
}

/* Whatever is removed, the others are still found. */
static void test_remove(void **state)
{
	struct prefix_table table;

	for (unsigned int step = 2; step < 7; step++) {
		assert_int_equal(prefix_table_init(&table), 0);
		for (unsigned int i = 1; i < N; i++)
			assert_int_equal(add(&table, number(i)), 1);
		for (unsigned int i = step; i < N; i += step) {
			/* Also when it was the last one looked for. */
			check(&table, number(i), true);
			prefix_remove(&table, number(i));
		}
		prefix_remove(&table, UINT32_MAX);
		for (unsigned int i = 1; i < N; i++)
			check(&table, number(i), i % step != 0);
		for (unsigned int i = 1; i < N; i++)
			assert_int_equal(add(&table, number(i)), i % step == 0);
		prefix_table_deinit(&table);
	}
}

static void test_check(void **state)
{
	struct prefix_table table;
	struct sb_error err;

	assert_int_equal(prefix_table_init(&table), 0);
	assert_int_equal(prefix_check(&table, 1, "/a/b", 4, &err), 0);
	assert_int_equal(prefix_add(&table, 1, "/a/b", 4), 1);
	assert_int_equal(prefix_check(&table, 1, "/a//b/.", 7, &err), 0);
	assert_true(prefix_check(&table, 1, "/a", 2, &err) < 0);
	assert_string_equal(
		err.text, "Prefix 1 already had path /a/b but got new /a");
	assert_int_equal(prefix_check(&table, 0, "", 0, &err), 0);
	assert_true(prefix_check(&table, 0, "/", 1, &err) < 0);
	prefix_table_deinit(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
