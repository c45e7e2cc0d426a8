/*
 * The layout: the declared part of a space's views.
 *
 * A tree of entries, one for each name that a mapping mentions. An entry is
 * *mapped* when a mapping ends at it, else a *scaffold*: a directory that only
 * exists because something below it is mapped. Nothing of the host is looked
 * at here; what a mapped entry's target is turns out when it is looked up.
 *
 * The layout does no locking. The space guards it with a readers-writer lock;
 * entries are reference counted so that nodes can hold on to one that is no
 * longer part of the tree.
 */
#ifndef CORE_LAYOUT_H
#define CORE_LAYOUT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "core/hash.h"

struct layout_entry {
	UT_hash_handle hh;           /* in parent->children, by name */
	struct layout_entry *parent; /* NULL once removed */
	struct layout_entry *children;
	_Atomic uint32_t refs;
	uint32_t name_len;
	uint64_t serial;      /* unique in the process; for inode numbers */
	struct timespec made; /* the times that a scaffold shows */
	char *target;         /* NULL for a scaffold */
	bool writable;
	bool sandbox; /* made by space_create() */
	char name[];
};

/*
 * What an addition did, so that it can be undone: entries in the order in
 * which they were made or turned from scaffold to mapped.
 */
struct layout_change {
	struct layout_entry *entry;
	bool made;
};

struct layout_journal {
	struct layout_change *changes;
	size_t n;
	size_t capacity;
};

/* A scaffold without parent or name, or NULL when out of memory. */
struct layout_entry *layout_entry_new(const char *name, size_t len);

struct layout_entry *layout_entry_ref(struct layout_entry *entry);

/* Frees it and its children when it was the last reference. Returns NULL. */
struct layout_entry *layout_entry_unref(struct layout_entry *entry);

/* The child called @name, borrowed, or NULL. */
struct layout_entry *layout_find(
	const struct layout_entry *dir, const char *name, size_t len);

/*
 * Follows @path, absolute and normalised, from @root as far as there are
 * entries. Return: the entry, borrowed, or NULL.
 */
struct layout_entry *layout_walk(
	struct layout_entry *root, const char *path, size_t len);

/*
 * Maps @path to @target, making scaffolds for the components before the last.
 * @hint, if not NULL, is the directory that an earlier call left in *@hint
 * with its path in @hint_path: most mappings of one request share folders.
 *
 * With @over_scaffolds a directory that is there only because something below
 * it is mapped may be mapped too; else what is around must be mapped first.
 *
 * Return: 0, -EEXIST if @path is there already, -ENOMEM.
 */
struct layout_hint {
	struct layout_entry *dir;
	const char *path; /* of dir, borrowed from the mapping */
	size_t len;
};

int layout_add(struct layout_entry *root, const char *path, size_t len,
	const char *target, size_t target_len, bool writable,
	bool over_scaffolds, struct layout_hint *hint,
	struct layout_journal *journal);

/* Takes back all that the journal names, latest first, and empties it. */
void layout_undo(struct layout_journal *journal);

void layout_journal_deinit(struct layout_journal *journal);

/* Makes @child, detached and owned by the caller, a child of @dir. */
void layout_attach(struct layout_entry *dir, struct layout_entry *child);

/* Takes @entry out of the tree; the tree's reference goes to the caller. */
void layout_detach(struct layout_entry *entry);

#endif
