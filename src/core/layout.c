/* The layout: see layout.h. */
#include "core/layout.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static _Atomic uint64_t next_serial = 1;

struct layout_entry *layout_entry_new(const char *name, size_t len)
{
	struct layout_entry *entry = calloc(1, sizeof(*entry) + len + 1);

	if (!entry)
		return NULL;
	atomic_init(&entry->refs, 1);
	entry->serial = atomic_fetch_add(&next_serial, 1);
	clock_gettime(CLOCK_REALTIME_COARSE, &entry->made);
	entry->name_len = (uint32_t)len;
	memcpy(entry->name, name, len);
	return entry;
}

struct layout_entry *layout_entry_ref(struct layout_entry *entry)
{
	atomic_fetch_add_explicit(&entry->refs, 1, memory_order_relaxed);
	return entry;
}

struct layout_entry *layout_entry_unref(struct layout_entry *entry)
{
	struct layout_entry *child, *tmp;

	if (!entry)
		return NULL;
	if (atomic_fetch_sub_explicit(&entry->refs, 1, memory_order_acq_rel) !=
		1)
		return NULL;
	/* As deep as a path has components: bounded by its length. */
	HASH_ITER(hh, entry->children, child, tmp) {
		HASH_DEL(entry->children, child);
		child->parent = NULL;
		layout_entry_unref(child);
	}
	free(entry->target);
	free(entry);
	return NULL;
}

struct layout_entry *layout_find(
	const struct layout_entry *dir, const char *name, size_t len)
{
	struct layout_entry *child;

	HASH_FIND(hh, dir->children, name, len, child);
	return child;
}

/* Cuts the next component off [*path, end); false at the end. */
static bool next_component(
	const char **path, const char *end, const char **name, size_t *len)
{
	const char *p = *path;

	while (p < end && *p == '/')
		p++;
	if (p == end)
		return false;
	*name = p;
	while (p < end && *p != '/')
		p++;
	*len = (size_t)(p - *name);
	*path = p;
	return true;
}

struct layout_entry *layout_walk(
	struct layout_entry *root, const char *path, size_t len)
{
	const char *end = path + len, *name;
	size_t name_len;

	while (root && next_component(&path, end, &name, &name_len))
		root = layout_find(root, name, name_len);
	return root;
}

static int journal_add(
	struct layout_journal *journal, struct layout_entry *entry, bool made)
{
	if (journal->n == journal->capacity) {
		size_t capacity =
			journal->capacity ? journal->capacity * 2 : 64;
		struct layout_change *changes = reallocarray(
			journal->changes, capacity, sizeof(*changes));

		if (!changes)
			return -ENOMEM;
		journal->changes = changes;
		journal->capacity = capacity;
	}
	journal->changes[journal->n++] =
		(struct layout_change){ .entry = entry, .made = made };
	return 0;
}

void layout_attach(struct layout_entry *dir, struct layout_entry *child)
{
	assert(!child->parent);
	HASH_ADD(hh, dir->children, name[0], child->name_len, child);
	child->parent = dir;
}

void layout_detach(struct layout_entry *entry)
{
	assert(entry->parent);
	HASH_DEL(entry->parent->children, entry);
	entry->parent = NULL;
}

int layout_add(struct layout_entry *root, const char *path, size_t len,
	const char *target, size_t target_len, bool writable,
	bool over_scaffolds, struct layout_hint *hint,
	struct layout_journal *journal)
{
	const char *p = path, *end = path + len, *name;
	struct layout_entry *dir = root, *entry = root;
	size_t name_len;
	bool made = false;
	char *copy;
	int r;

	if (hint->dir && len > hint->len && path[hint->len] == '/' &&
		!memcmp(path, hint->path, hint->len)) {
		entry = hint->dir;
		p = path + hint->len;
	}
	while (next_component(&p, end, &name, &name_len)) {
		dir = entry;
		hint->dir = dir;
		hint->path = path;
		hint->len = (size_t)(name - 1 - path);
		entry = layout_find(dir, name, name_len);
		made = !entry;
		if (entry)
			continue;
		entry = layout_entry_new(name, name_len);
		if (!entry)
			return -ENOMEM;
		r = journal_add(journal, entry, true);
		if (r) {
			layout_entry_unref(entry);
			return r;
		}
		layout_attach(dir, entry);
	}

	if (entry->target)
		return -EEXIST;
	if (!made && !over_scaffolds && (entry != root || root->children))
		return -EEXIST;
	copy = malloc(target_len + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, target, target_len);
	copy[target_len] = '\0';
	if (!made) {
		r = journal_add(journal, entry, false);
		if (r) {
			free(copy);
			return r;
		}
	}
	entry->target = copy;
	entry->writable = writable;
	return 0;
}

void layout_undo(struct layout_journal *journal)
{
	while (journal->n) {
		struct layout_change *change = &journal->changes[--journal->n];

		if (change->made) {
			layout_detach(change->entry);
			layout_entry_unref(change->entry);
		} else {
			free(change->entry->target);
			change->entry->target = NULL;
			change->entry->writable = false;
		}
	}
}

void layout_journal_deinit(struct layout_journal *journal)
{
	free(journal->changes);
	*journal = (struct layout_journal){ 0 };
}
