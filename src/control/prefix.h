/*
 * The path prefixes that a connection has registered, by number.
 *
 * Number 0 is the empty prefix from the start. A prefix, once registered,
 * stays as it is where it is until the table goes: it may be read without a
 * lock, while the table itself is for one thread at a time.
 */
#ifndef CONTROL_PREFIX_H
#define CONTROL_PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

struct prefix {
	uint32_t number;
	bool normal;       /* absolute and without "..": has a normal form */
	size_t len;        /* of the path as sent, at the start of text */
	size_t normal_len; /* of its normal form, behind it */
	char text[];
};

struct prefix_table {
	struct prefix **slots; /* open addressing, a power of two of them */
	size_t n_slots;
	size_t n_used;
	struct prefix *last; /* found last: neighbours often share one */
};

/* Return: 0 or -ENOMEM. */
int prefix_table_init(struct prefix_table *table);
void prefix_table_deinit(struct prefix_table *table);

/* The prefix of that number, or NULL. */
const struct prefix *prefix_find(struct prefix_table *table, uint32_t number);

/*
 * Whether @path could be registered as @number: it is new, or has the path
 * already. Return: 0, or -EINVAL with @err set.
 */
int prefix_check(struct prefix_table *table, uint32_t number, const char *path,
	size_t len, struct sb_error *err);

/*
 * Registers @path, unless the number has it already; call prefix_check()
 * first. Return: 1 if it is new, 0 if not, -ENOMEM.
 */
int prefix_add(struct prefix_table *table, uint32_t number, const char *path,
	size_t len);

/* Forgets a prefix that nobody has seen yet. */
void prefix_remove(struct prefix_table *table, uint32_t number);

static inline const char *prefix_normal(const struct prefix *prefix)
{
	return prefix->text + prefix->len;
}

#endif
