/* Unit tests of slots and errors. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/error.h"
#include "util/slots.h"

struct thing {
	struct slot slot;
	uint64_t value;
};

static void ids_are_checked(void **state)
{
	struct slots *slots = calloc(1, sizeof(*slots));
	struct thing *a, *b;
	uint64_t id;

	assert_int_equal(slots_init(slots, sizeof(struct thing)), 0);
	a = slots_take(slots);
	assert_non_null(a);
	a->value = 7;
	id = slot_id(&a->slot);
	assert_true(id > 1);
	assert_null(slots_get(slots, id)); /* not yet */
	slots_publish(slots, a);
	assert_true(id == slot_id(&a->slot));
	assert_ptr_equal(slots_get(slots, id), a);
	assert_null(slots_get(slots, 0));
	assert_null(slots_get(slots, 1));
	assert_null(slots_get(slots, id + 1));
	assert_null(slots_get(slots, UINT64_MAX));
	assert_null(slots_get(slots, id & UINT32_MAX)); /* no generation */

	slots_put(slots, a);
	assert_null(slots_get(slots, id));
	b = slots_take(slots); /* the same slot in another life */
	assert_ptr_equal(a, b);
	assert_int_equal(b->value, 7); /* as it was left */
	assert_true(slot_id(&b->slot) != id);
	slots_publish(slots, b);
	assert_null(slots_get(slots, id));
	slots_put(slots, b);
	slots_deinit(slots);
	free(slots);
}

static void many_slots_keep_their_place(void **state)
{
	enum { N = 3 * SLOTS_CHUNK };
	struct slots *slots = calloc(1, sizeof(*slots));
	struct thing **things = calloc(N, sizeof(*things));
	size_t seen = 0;

	assert_int_equal(slots_init(slots, sizeof(struct thing)), 0);
	for (size_t i = 0; i < N; i++) {
		things[i] = slots_take(slots);
		assert_non_null(things[i]);
		things[i]->value = i;
		slots_publish(slots, things[i]);
	}
	for (size_t i = 0; i < N; i += 2)
		slots_put(slots, things[i]);
	for (uint32_t i = 0; i < slots->n_made; i++) {
		struct thing *thing = slots_at(slots, i);

		if (thing) {
			assert_int_equal(thing->value % 2, 1);
			seen++;
		}
	}
	assert_int_equal(seen, N / 2);
	for (size_t i = 1; i < N; i += 2) {
		assert_ptr_equal(
			slots_get(slots, slot_id(&things[i]->slot)), things[i]);
		slots_put(slots, things[i]);
	}
	slots_deinit(slots);
	free(things);
	free(slots);
}

static void errors_gather_context(void **state)
{
	struct sb_error err;
	char text[64];
	char *long_text = malloc(10000);

	sb_error_set(&err, "%s", sb_error_os(text, sizeof(text), ENOENT));
	assert_string_equal(err.text, "No such file or directory (os error 2)");
	sb_error_prefix(&err, "stat failed for \"%s\"", "/x");
	assert_string_equal(err.text, "stat failed for \"/x\": No such file "
				      "or directory (os error 2)");
	memset(long_text, 'x', 9999);
	long_text[9999] = '\0';
	sb_error_prefix(&err, "%s", long_text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	sb_error_set(NULL, "nobody listens");
	sb_error_prefix(NULL, "nobody listens");
	free(long_text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_checked),
		cmocka_unit_test(many_slots_keep_their_place),
		cmocka_unit_test(errors_gather_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
