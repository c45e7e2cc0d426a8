/* The registered path prefixes: see prefix.h. */
#include "control/prefix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/path.h"

#define FIRST_SLOTS 64

/* Where a search for @number starts: the top bits of a scrambled number. */
static size_t home(size_t n_slots, uint32_t number)
{
	int bits = __builtin_ctzl(n_slots);

	return (uint32_t)(number * UINT32_C(0x9e3779b1)) >> (32 - bits);
}

/* The slot that holds @number, or the free one where it belongs. */
static struct prefix **find_slot(
	struct prefix **slots, size_t n_slots, uint32_t number)
{
	for (size_t i = home(n_slots, number);; i++) {
		struct prefix **slot = &slots[i & (n_slots - 1)];

		if (!*slot || (*slot)->number == number)
			return slot;
	}
}

static int grow(struct prefix_table *table)
{
	size_t n = table->n_slots ? table->n_slots * 2 : FIRST_SLOTS;
	struct prefix **slots = calloc(n, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < table->n_slots; i++) {
		struct prefix *p = table->slots[i];

		if (p)
			*find_slot(slots, n, p->number) = p;
	}
	free(table->slots);
	table->slots = slots;
	table->n_slots = n;
	return 0;
}

int prefix_table_init(struct prefix_table *table)
{
	int r;

	*table = (struct prefix_table){ 0 };
	r = grow(table);
	if (r == 0)
		r = prefix_add(table, 0, "", 0);
	if (r < 0)
		prefix_table_deinit(table);
	return r < 0 ? r : 0;
}

void prefix_table_deinit(struct prefix_table *table)
{
	for (size_t i = 0; i < table->n_slots; i++)
		free(table->slots[i]);
	free(table->slots);
	*table = (struct prefix_table){ 0 };
}

const struct prefix *prefix_find(struct prefix_table *table, uint32_t number)
{
	struct prefix *found = table->last;

	if (!found || found->number != number) {
		found = *find_slot(table->slots, table->n_slots, number);
		if (found)
			table->last = found;
	}
	return found;
}

int prefix_check(struct prefix_table *table, uint32_t number, const char *path,
	size_t len, struct sb_error *err)
{
	const struct prefix *old = prefix_find(table, number);

	if (len > PATH_LIMIT) {
		sb_error_set(err,
			"Prefix %u is %zu bytes long; the limit is %d", number,
			len, PATH_LIMIT);
		return -EINVAL;
	}
	if (len && memchr(path, '\0', len)) {
		sb_error_set(err, "Prefix %u contains a NUL byte", number);
		return -EINVAL;
	}
	if (old && !path_same(old->text, old->len, path, len)) {
		sb_error_set(err,
			"Prefix %u already had path %.*s but got new %.*s",
			number, (int)old->len, old->text, (int)len, path);
		return -EINVAL;
	}
	return 0;
}

int prefix_add(struct prefix_table *table, uint32_t number, const char *path,
	size_t len)
{
	struct prefix **slot = find_slot(table->slots, table->n_slots, number);
	struct prefix *p;

	if (*slot)
		return 0;
	/* At most half full, so that searches end soon. */
	if (table->n_used * 2 >= table->n_slots) {
		int r = grow(table);

		if (r < 0)
			return r;
		slot = find_slot(table->slots, table->n_slots, number);
	}
	p = malloc(sizeof(*p) + len + len + 1);
	if (!p)
		return -ENOMEM;
	p->number = number;
	p->len = len;
	if (len)
		memcpy(p->text, path, len);
	p->normal = path_normalise(p->text, len, p->text + len, &p->normal_len,
			    NULL) == 0;
	*slot = p;
	table->n_used++;
	return 1;
}

void prefix_remove(struct prefix_table *table, uint32_t number)
{
	size_t mask = table->n_slots - 1;
	struct prefix **slots = table->slots;
	struct prefix **slot = find_slot(slots, table->n_slots, number);
	size_t gap = (size_t)(slot - slots);

	if (!*slot)
		return;
	if (table->last == *slot)
		table->last = NULL;
	free(*slot);
	table->n_used--;
	/*
	 * Searches go on until a free slot: move up those behind the gap that
	 * would no longer be found, that is all but those whose home lies
	 * between the gap and where they are.
	 */
	for (size_t i = (gap + 1) & mask; slots[i]; i = (i + 1) & mask) {
		size_t from_home =
			(i - home(table->n_slots, slots[i]->number)) & mask;

		if (from_home < ((i - gap) & mask))
			continue;
		slots[gap] = slots[i];
		gap = i;
	}
	slots[gap] = NULL;
}
