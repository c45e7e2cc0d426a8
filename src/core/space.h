/*
 * A space: a set of views that share nodes.
 *
 * A space has one root view, which a front-end serves as its root directory,
 * and any number of named sandboxes, each a view of its own that shows as a
 * directory of that name in the root. Nodes of non-directories are shared by
 * all views of a space, so that two mappings of one file always agree.
 *
 * Changing a view (map, unmap, create, destroy) is atomic: it happens whole
 * or not at all, and once the call returns, no cache of any front-end still
 * shows the old state.
 *
 * All functions here may be called from any thread.
 */
#ifndef CORE_SPACE_H
#define CORE_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

struct node;
struct space;

/*
 * One mapping: @path inside the view shows the host's @target.
 *
 * Both are absolute byte strings of the given lengths, without NUL, not
 * necessarily NUL-terminated. @path must be normalised (no "..", no empty or
 * "." component, no trailing slash except in "/" itself; path_normalise()
 * makes it so). A symbolic link as @target is mapped as a link.
 */
struct mapping {
	const char *path;
	size_t path_len;
	const char *target;
	size_t target_len;
	bool writable;
};

/* How a space behaves where sandboxfs 0.2 was limited. */
struct space_options {
	bool hardlinks;          /* link() works, st_nlink is the host's */
	bool writable_scaffolds; /* scaffolds under a writable directory take
				    new entries, made in that directory */
	bool any_order;          /* a directory may be mapped after what lies
				    below it */
	bool lazy_targets;       /* don't check when mapping that targets exist:
				    a missing one shows as ENOENT when touched */
	bool private_root;       /* the root shows as mode 0700 & mask, owned by
				    the daemon: nobody but it and root enters */
};

/*
 * What a front-end is told so that it can drop what it cached. Called without
 * any lock of the core held, from the thread that made the change.
 */
struct space_events {
	/* @name in directory @dir no longer means what it did. */
	void (*entry_changed)(
		void *ctx, struct node *dir, const char *name, size_t len);
	/* Directory @dir is no more; who has it open finds it empty. */
	void (*directory_gone)(void *ctx, struct node *dir);
	/* The attributes of @node (not its data) may have changed. */
	void (*attr_changed)(void *ctx, struct node *node);
	/* Attributes and data of @node changed through its sibling. */
	void (*data_changed)(void *ctx, struct node *node);
};

/*
 * Return: 0 and a new space in *@spacep, -ENOMEM, or -errno of opening /proc.
 */
int space_new(struct space **spacep, const struct space_options *options);

/* Sets the front-end to tell. Call before any view is served. */
void space_set_events(
	struct space *space, const struct space_events *events, void *ctx);

/*
 * Tells the device number of the front-end's own mount, which must not be
 * followed into when it lies inside a mapped directory: it shows as an empty
 * folder there. Call once mounted, before requests are served.
 */
void space_set_own_device(struct space *space, uint64_t dev);

/* Frees @space; all nodes must have been given back. Returns NULL. */
struct space *space_free(struct space *space);

/* The root directory's node, borrowed: lives as long as the space. */
struct node *space_root(struct space *space);

/*
 * Adds @n mappings to the root view, in order, all or none.
 *
 * Return: 0, or -errno with @err set to the classic message, for example
 * "Cannot map '/a -> /b (read-only)': Already mapped".
 */
int space_map(struct space *space, const struct mapping *mappings, size_t n,
	struct sb_error *err);

/*
 * Removes what is mapped at @path in the root view, with all below it.
 * Scaffold directories above it stay.
 */
int space_unmap(struct space *space, const char *path, size_t len,
	struct sb_error *err);

/*
 * Creates the sandbox @id with @n mappings, or adds them to it if it exists.
 * On error nothing has changed. A mapping of "/" maps the sandbox's own
 * directory.
 *
 * Return: 0, or -errno with @err set; -EINVAL for an @id that is not a plain
 * file name.
 */
int space_create(struct space *space, const char *id, size_t id_len,
	const struct mapping *mappings, size_t n, struct sb_error *err);

/* Destroys the sandbox @id. Return: 0 or -ENOENT with @err set. */
int space_destroy(struct space *space, const char *id, size_t id_len,
	struct sb_error *err);

#endif
