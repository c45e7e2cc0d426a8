/*
 * Finding what a name in a directory stands for.
 *
 * The layout comes first: a mapped entry is its target, a scaffold is the
 * host's directory of that name if the directory around it is mapped and has
 * one, else an empty folder. Any other name is the host's.
 */
#include "core/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/fd.h"

struct layout_entry *node_entry_child(
	struct node *dir, const char *name, size_t len)
{
	struct layout_entry *entry =
		atomic_load_explicit(&dir->dir.entry, memory_order_acquire);
	struct layout_entry *child;

	if (!entry)
		return NULL;
	pthread_rwlock_rdlock(&dir->space->layout_lock);
	child = layout_find(entry, name, len);
	if (child)
		layout_entry_ref(child);
	pthread_rwlock_unlock(&dir->space->layout_lock);
	return child;
}

/* What an entry of the layout says, copied out from under the lock. */
struct declared {
	struct layout_entry *entry; /* referenced, or NULL */
	char *target;               /* or NULL for a scaffold */
	bool writable;
};

static int declared_init(struct declared *declared, struct node *dir,
	const char *name, size_t len)
{
	struct layout_entry *entry =
		atomic_load_explicit(&dir->dir.entry, memory_order_acquire);
	int r = 0;

	*declared = (struct declared){ 0 };
	if (!entry)
		return 0;
	pthread_rwlock_rdlock(&dir->space->layout_lock);
	entry = layout_find(entry, name, len);
	if (entry) {
		declared->entry = layout_entry_ref(entry);
		declared->writable = entry->writable;
		if (entry->target) {
			declared->target = strdup(entry->target);
			if (!declared->target)
				r = -ENOMEM;
		}
	}
	pthread_rwlock_unlock(&dir->space->layout_lock);
	return r;
}

static void declared_deinit(struct declared *declared)
{
	layout_entry_unref(declared->entry);
	free(declared->target);
}

static enum node_origin origin_of(bool writable)
{
	return writable ? NODE_ORIGIN_WRITABLE : NODE_ORIGIN_READ_ONLY;
}

/*
 * Opens what @declared or the host's directory has under @name.
 * Return: an O_PATH descriptor, -1 in *@fdp for a folder without any, or
 * -errno.
 */
static int open_found(struct node *dir, const struct declared *declared,
	const char *name, int *fdp)
{
	int dir_fd = atomic_load(&dir->fd);
	int fd;

	*fdp = -1;
	if (declared->target) {
		fd = host_open_target(dir->space, declared->target);
	} else if (declared->entry) {
		if (dir_fd < 0)
			return 0;
		fd = host_open_name(dir->space, dir_fd, name, O_DIRECTORY);
		if (fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP)
			return 0;
	} else {
		if (dir_fd < 0)
			return -ENOENT;
		fd = host_open_name(dir->space, dir_fd, name, 0);
	}
	if (fd == -EXDEV)
		return 0; /* our own mount point shows as an empty folder */
	if (fd < 0)
		return fd;
	*fdp = fd;
	return 0;
}

static int lookup_once(struct node *dir, const char *name, size_t len,
	struct node_found *found)
{
	__attribute__((cleanup(declared_deinit))) struct declared declared;
	struct space *space = dir->space;
	_cleanup_fd_ int fd = -1;
	struct dir_identity id;
	uint64_t generation;
	bool writable;
	int r;

	generation = atomic_load(&space->layout_generation);
	r = declared_init(&declared, dir, name, len);
	if (r)
		return r;
	if (declared.entry)
		found->origin = NODE_ORIGIN_DECLARED;
	else if (atomic_load(&dir->fd) < 0)
		found->origin = NODE_ORIGIN_DECLARED;
	else
		found->origin = origin_of(dir->writable);
	if (atomic_load_explicit(&dir->dir.gone, memory_order_relaxed)) {
		/* The analyzer doesn't know of cleanup.
		 * NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		return -ENOENT;
	}

	r = open_found(dir, &declared, name, &fd);
	if (r) {
		/* A target may yet appear: believe that as for its like. */
		if (declared.target)
			found->origin = origin_of(declared.writable);
		return r;
	}
	writable = declared.target ? declared.writable : dir->writable;
	found->st = (struct stat){ .st_mode = S_IFDIR };
	if (fd >= 0 && fstat(fd, &found->st) < 0)
		return -errno;

	if (!S_ISDIR(found->st.st_mode)) {
		found->node =
			leaf_get(space, &found->st, writable, fd_steal(&fd));
		if (!found->node)
			return -ENOMEM;
		node_show(found->node, &found->st);
		return 0;
	}
	id = (struct dir_identity){
		.entry = declared.entry,
		.dev = found->st.st_dev,
		.ino = found->st.st_ino,
		.writable = writable,
	};
	r = dir_get(
		dir, name, len, &id, fd_steal(&fd), generation, &found->node);
	if (r)
		return r;
	if (atomic_load(&found->node->fd) >= 0) {
		node_show(found->node, &found->st);
		return 0;
	}
	r = node_stat(found->node, &found->st);
	if (r)
		found->node = node_unref(found->node);
	return r;
}

int node_lookup(struct node *dir, const char *name, size_t len,
	struct node_found *found)
{
	int r;

	if (!node_is_dir(dir))
		return -ENOTDIR;
	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	do {
		found->node = NULL;
		r = lookup_once(dir, name, len, found);
	} while (r == -EAGAIN); /* the layout changed meanwhile */
	return r;
}

bool node_is_current(struct node *dir)
{
	struct space *space = dir->space;
	char name[NAME_MAX + 1];
	struct declared declared;
	struct node *parent;
	struct stat st;
	int fd;

	if (atomic_load(&dir->fd) < 0 || !dir->dir.parent)
		return true;
	if (atomic_load(&dir->dir.gone))
		return true;
	pthread_mutex_lock(&space->dirs_lock);
	parent = node_ref(dir->dir.parent);
	memcpy(name, dir->dir.name, dir->dir.name_len + 1);
	pthread_mutex_unlock(&space->dirs_lock);

	if (declared_init(&declared, parent, name, strlen(name)) == 0 &&
		open_found(parent, &declared, name, &fd) == 0 && fd >= 0) {
		if (fstat(fd, &st) < 0)
			st = (struct stat){ 0 };
		close(fd);
	} else {
		st = (struct stat){ 0 };
	}
	declared_deinit(&declared);
	node_unref(parent);
	return st.st_dev == dir->key.dev && st.st_ino == dir->key.ino;
}
