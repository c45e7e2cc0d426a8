/*
 * Nodes: their tables and their lives. See node.h.
 *
 * Leaves live in a sharded hash table by (device, inode, writable);
 * directories in a table of each parent, by name. A table does not own its
 * nodes: the last unref takes a node out, under the lock of its table, so
 * that a lookup either finds it with a reference to spare or not at all.
 */
#include "core/internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/fd.h"

static struct leaf_shard *shard_of(struct space *space, uint64_t ino)
{
	return &space->shards[(ino * 0x9e3779b97f4a7c15u) >> 58];
}

_Static_assert(SPACE_SHARDS == 64, "shard_of() takes six bits");

struct node *node_ref(struct node *node)
{
	atomic_fetch_add_explicit(&node->refs, 1, memory_order_relaxed);
	return node;
}

/* Drops one reference unless it is the last. */
static bool unref_unless_last(struct node *node)
{
	uint32_t refs = atomic_load_explicit(&node->refs, memory_order_relaxed);

	while (refs > 1)
		if (atomic_compare_exchange_weak_explicit(&node->refs, &refs,
			    refs - 1, memory_order_acq_rel,
			    memory_order_relaxed))
			return true;
	return false;
}

/* Both siblings know of each other while both are in the table. */
static struct node *find_leaf(
	struct leaf_shard *shard, uint64_t dev, uint64_t ino, bool writable)
{
	struct node_key key = { .dev = dev, .ino = ino, .writable = writable };
	struct node *node;

	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
	HASH_FIND(leaf.hh, shard->leaves, &key, sizeof(key), node);
	return node;
}

static void free_leaf(struct node *node)
{
	struct leaf_shard *shard = shard_of(node->space, node->key.ino);
	struct node *sibling;
	int fd;

	pthread_mutex_lock(&shard->lock);
	if (atomic_fetch_sub_explicit(&node->refs, 1, memory_order_acq_rel) !=
		1) {
		pthread_mutex_unlock(&shard->lock);
		return;
	}
	HASH_DELETE(leaf.hh, shard->leaves, node);
	sibling =
		find_leaf(shard, node->key.dev, node->key.ino, !node->writable);
	if (sibling)
		atomic_store(&sibling->leaf.has_sibling, false);
	pthread_mutex_unlock(&shard->lock);
	/* Closed last: as long as it is open the key can't be reused. */
	fd = atomic_load(&node->fd);
	if (fd >= 0)
		close(fd);
	free(node);
}

/* Called with dirs_lock held. */
static void unhash_dir(struct node *node)
{
	if (!node->dir.hashed)
		return;
	HASH_DELETE(dir.hh, node->dir.parent->dir.children, node);
	node->dir.hashed = false;
}

/* Return: the parent, whose reference passes to the caller, or NULL. */
static struct node *free_dir(struct node *node)
{
	struct space *space = node->space;
	struct node *parent;
	int fd;

	pthread_mutex_lock(&space->dirs_lock);
	if (atomic_fetch_sub_explicit(&node->refs, 1, memory_order_acq_rel) !=
		1) {
		pthread_mutex_unlock(&space->dirs_lock);
		return NULL;
	}
	unhash_dir(node);
	parent = node->dir.parent;
	pthread_mutex_unlock(&space->dirs_lock);
	assert(!node->dir.children);
	layout_entry_unref(atomic_load(&node->dir.entry));
	fd = atomic_load(&node->fd);
	if (fd >= 0)
		close(fd);
	free(node->dir.name);
	free(node);
	return parent;
}

struct node *node_unref(struct node *node)
{
	while (node) {
		if (unref_unless_last(node))
			break;
		if (!node_is_dir(node)) {
			free_leaf(node);
			break;
		}
		/* A directory holds its parent: a loop, not a recursion. */
		node = free_dir(node);
	}
	return NULL;
}

static struct node *node_new(
	struct space *space, mode_t mode, bool writable, int fd)
{
	struct node *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	node->space = space;
	atomic_init(&node->refs, 1);
	node->type = mode & S_IFMT;
	node->writable = writable;
	atomic_init(&node->fd, fd);
	return node;
}

struct node *leaf_get(
	struct space *space, const struct stat *st, bool writable, int fd_in)
{
	struct leaf_shard *shard = shard_of(space, st->st_ino);
	_cleanup_fd_ int fd = fd_in;
	struct node *node, *sibling, *made;

	pthread_mutex_lock(&shard->lock);
	node = find_leaf(shard, st->st_dev, st->st_ino, writable);
	if (node) {
		node_ref(node);
		pthread_mutex_unlock(&shard->lock);
		return node;
	}
	made = node_new(space, st->st_mode, writable, fd);
	if (!made) {
		pthread_mutex_unlock(&shard->lock);
		return NULL;
	}
	fd_steal(&fd);
	made->key = (struct node_key){
		.dev = st->st_dev, .ino = st->st_ino, .writable = writable
	};
	sibling = find_leaf(shard, st->st_dev, st->st_ino, !writable);
	if (sibling) {
		atomic_store(&made->leaf.has_sibling, true);
		atomic_store(&sibling->leaf.has_sibling, true);
		node_ref(sibling);
	}
	HASH_ADD_KEYPTR(
		leaf.hh, shard->leaves, &made->key, sizeof(made->key), made);
	pthread_mutex_unlock(&shard->lock);

	/* What a front-end believes of a read-only sibling for long was
	 * promised while nothing here could change the file. */
	if (sibling) {
		if (!sibling->writable && space->events)
			space->events->attr_changed(space->events_ctx, sibling);
		node_unref(sibling);
	}
	return made;
}

struct node *leaf_sibling(struct node *node)
{
	struct leaf_shard *shard;
	struct node *sibling;

	if (!atomic_load_explicit(
		    &node->leaf.has_sibling, memory_order_relaxed))
		return NULL;
	shard = shard_of(node->space, node->key.ino);
	pthread_mutex_lock(&shard->lock);
	sibling =
		find_leaf(shard, node->key.dev, node->key.ino, !node->writable);
	if (sibling)
		node_ref(sibling);
	pthread_mutex_unlock(&shard->lock);
	return sibling;
}

void node_data_changed(struct node *node)
{
	struct space *space = node->space;
	struct node *sibling;

	if (node_is_dir(node))
		return;
	sibling = leaf_sibling(node);
	if (!sibling)
		return;
	if (space->events)
		space->events->data_changed(space->events_ctx, sibling);
	node_unref(sibling);
}

/* Called with dirs_lock held. */
static struct node *find_child(
	struct node *parent, const char *name, size_t len)
{
	struct node *child;

	HASH_FIND(dir.hh, parent->dir.children, name, len, child);
	return child;
}

static bool dir_is(struct node *node, const struct dir_identity *id)
{
	return node->key.dev == id->dev && node->key.ino == id->ino &&
	       node->writable == id->writable &&
	       atomic_load(&node->dir.entry) == id->entry;
}

/* Called with dirs_lock held. */
static void hash_dir(struct node *parent, struct node *node)
{
	HASH_ADD_KEYPTR(dir.hh, parent->dir.children, node->dir.name,
		node->dir.name_len, node);
	node->dir.hashed = true;
}

static struct node *new_dir(struct node *parent, const char *name, size_t len,
	const struct dir_identity *id, int fd)
{
	struct node *node = node_new(parent->space, S_IFDIR, id->writable, fd);

	if (!node)
		return NULL;
	node->dir.name = strndup(name, len);
	if (!node->dir.name) {
		free(node);
		return NULL;
	}
	node->dir.name_len = len;
	node->key.dev = id->dev;
	node->key.ino = id->ino;
	atomic_init(&node->dir.entry,
		id->entry ? layout_entry_ref(id->entry) : NULL);
	node->dir.salt = id->entry ? id->entry->serial : parent->dir.salt;
	return node;
}

int dir_get(struct node *parent, const char *name, size_t len,
	const struct dir_identity *id, int fd_in, uint64_t generation,
	struct node **nodep)
{
	struct space *space = parent->space;
	_cleanup_fd_ int fd = fd_in;
	struct node *node, *made;
	int r = 0;

	/* Made ahead, so that nothing is allocated under the lock. */
	made = new_dir(parent, name, len, id, fd);
	if (!made)
		return -ENOMEM;

	pthread_mutex_lock(&space->dirs_lock);
	node = find_child(parent, name, len);
	if (atomic_load(&space->layout_generation) != generation) {
		r = -EAGAIN;
	} else if (atomic_load(&parent->dir.gone)) {
		r = -ENOENT;
	} else if (node && dir_is(node, id)) {
		*nodep = node_ref(node);
	} else {
		/* Replaced on the host, or mapped anew. */
		if (node)
			unhash_dir(node);
		made->dir.parent = node_ref(parent);
		hash_dir(parent, made);
		fd_steal(&fd);
		*nodep = made;
		made = NULL;
	}
	pthread_mutex_unlock(&space->dirs_lock);

	if (made) {
		layout_entry_unref(atomic_load(&made->dir.entry));
		free(made->dir.name);
		free(made);
	}
	return r;
}

/*
 * Puts @node and the instantiated folders below it, each referenced, on the
 * list @gone, if there is one. Called with dirs_lock held; recurses as deep
 * as there are instantiated folders.
 */
static void mark_gone(struct node *node, struct node **gone)
{
	struct node *child, *tmp;

	if (gone && !atomic_load(&node->dir.gone)) {
		node->dir.next_gone = *gone;
		*gone = node_ref(node);
	}
	atomic_store(&node->dir.gone, true);
	HASH_ITER(dir.hh, node->dir.children, child, tmp) {
		mark_gone(child, gone);
	}
}

static void announce_gone(struct space *space, struct node *gone)
{
	struct node *next;

	for (; gone; gone = next) {
		next = gone->dir.next_gone;
		if (space->events)
			space->events->directory_gone(space->events_ctx, gone);
		node_unref(gone);
	}
}

void dir_forget_child(struct node *parent, const char *name, size_t len)
{
	struct space *space = parent->space;
	struct node *node;

	pthread_mutex_lock(&space->dirs_lock);
	node = find_child(parent, name, len);
	if (node) {
		mark_gone(node, NULL);
		unhash_dir(node);
	}
	pthread_mutex_unlock(&space->dirs_lock);
}

/* Called with dirs_lock held. */
static void move_dir(struct node *node, struct node *parent, char *name,
	size_t len, struct node **old_parent, char **old_name)
{
	unhash_dir(node);
	*old_parent = node->dir.parent;
	*old_name = node->dir.name;
	node->dir.parent = node_ref(parent);
	node->dir.name = name;
	node->dir.name_len = len;
	hash_dir(parent, node);
}

/*
 * The host has renamed; the instantiated directories follow. Failing to
 * allocate a name only costs the node its place in the table: the next lookup
 * makes a new one.
 */
void dirs_follow_rename(struct node *from, const char *name, size_t len,
	struct node *to, const char *to_name, size_t to_len, bool exchange)
{
	struct space *space = from->space;
	char *new_name = strndup(to_name, to_len);
	char *new_other = strndup(name, len);
	struct node *parents[2] = { NULL, NULL };
	char *names[2] = { NULL, NULL };
	struct node *moved, *other;

	pthread_mutex_lock(&space->dirs_lock);
	moved = find_child(from, name, len);
	other = find_child(to, to_name, to_len);
	if (other && other != moved) {
		if (!exchange)
			mark_gone(other, NULL);
		unhash_dir(other);
	}
	if (moved) {
		if (new_name) {
			move_dir(moved, to, new_name, to_len, &parents[0],
				&names[0]);
			new_name = NULL;
		} else {
			unhash_dir(moved);
		}
	}
	if (exchange && other && other != moved && new_other) {
		move_dir(other, from, new_other, len, &parents[1], &names[1]);
		new_other = NULL;
	}
	pthread_mutex_unlock(&space->dirs_lock);

	for (int i = 0; i < 2; i++) {
		node_unref(parents[i]);
		free(names[i]);
	}
	free(new_name);
	free(new_other);
}

struct node *root_node_new(struct space *space)
{
	struct node *node = node_new(space, S_IFDIR, false, -1);

	if (!node)
		return NULL;
	atomic_init(&node->dir.entry, layout_entry_ref(space->layout));
	return node;
}

void dirs_follow_layout(struct space *space, const char *path, size_t len)
{
	const char *end = path + len, *p = path, *name = path;
	struct node *dir = node_ref(space->root), *child, *gone = NULL;
	struct layout_entry *entry, *child_entry, *old;
	size_t name_len = 0;

	while (dir) {
		while (p < end && *p == '/')
			p++;
		if (p == end)
			break;
		name = p;
		while (p < end && *p != '/')
			p++;
		name_len = (size_t)(p - name);

		child_entry = node_entry_child(dir, name, name_len);
		pthread_mutex_lock(&space->dirs_lock);
		child = find_child(dir, name, name_len);
		old = NULL;
		if (child && p < end && child_entry && !child_entry->target) {
			/* A folder on the way: it stays what it is, and from
			 * now on has declared children as well. */
			entry = NULL;
			if (atomic_compare_exchange_strong(
				    &child->dir.entry, &entry, child_entry)) {
				layout_entry_ref(child_entry);
			} else if (entry != child_entry) {
				old = entry;
				atomic_store(&child->dir.entry,
					layout_entry_ref(child_entry));
			}
			node_ref(child);
		} else if (child && p < end && child_entry) {
			node_ref(child);
		} else {
			if (child) {
				mark_gone(child, &gone);
				unhash_dir(child);
			}
			child = NULL;
		}
		pthread_mutex_unlock(&space->dirs_lock);
		layout_entry_unref(old);
		layout_entry_unref(child_entry);

		if (!child) {
			if (space->events)
				space->events->entry_changed(
					space->events_ctx, dir, name, name_len);
			break;
		}
		node_unref(dir);
		dir = child;
	}
	node_unref(dir);
	announce_gone(space, gone);
}
