/*
 * Opening files and making new objects.
 */
#include "core/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/fd.h"

int node_open(struct node *node, int flags, bool kill_priv)
{
	char name[FD_NAME_SIZE];
	int fd;

	if (node_is_dir(node))
		return -EISDIR;
	if (!S_ISREG(node->type))
		return -EINVAL; /* the kernel opens devices and pipes itself */
	if (((flags & O_ACCMODE) != O_RDONLY || flags & O_TRUNC) &&
		!node->writable)
		return -EPERM;
	if (kill_priv && flags & O_TRUNC)
		caller_drop_fsetid();
	fd = openat(node->space->proc_fd, fd_name(name, atomic_load(&node->fd)),
		(flags & (O_ACCMODE | O_TRUNC | O_APPEND)) | O_CLOEXEC |
			O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		fd = -errno;
	if (kill_priv && flags & O_TRUNC)
		caller_take_fsetid();
	if (flags & O_TRUNC && fd >= 0)
		node_data_changed(node);
	return fd;
}

int node_open_dir(struct node *dir)
{
	int fd = atomic_load(&dir->fd);
	char name[FD_NAME_SIZE];

	if (!node_is_dir(dir))
		return -ENOTDIR;
	if (fd < 0)
		return -ENOENT;
	/* Not through ".", which asks for permission to search as well. */
	fd = openat(dir->space->proc_fd, fd_name(name, fd),
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/*
 * The host's directory in which a change may be made under @name.
 * Return: its descriptor, borrowed, or -errno.
 */
static int changeable(struct node *dir, const char *name, size_t len)
{
	struct layout_entry *entry;
	int r;

	if (!node_is_dir(dir))
		return -ENOTDIR;
	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	if (atomic_load(&dir->dir.gone))
		return -ENOENT;
	if (name) {
		entry = node_entry_child(dir, name, len);
		if (entry) {
			/* What was mapped stays as it was mapped. */
			layout_entry_unref(entry);
			return -EPERM;
		}
	}
	if (!dir->writable)
		return -EPERM;
	if (atomic_load(&dir->fd) < 0) {
		r = dir_materialise(dir);
		if (r)
			return r;
	}
	return atomic_load(&dir->fd);
}

int dir_materialise(struct node *dir)
{
	struct space *space = dir->space;
	char name[NAME_MAX + 1];
	struct node *parent;
	int parent_fd, none = -1;
	_cleanup_fd_ int fd = -1;
	struct stat st;
	int r;

	if (!space->options.writable_scaffolds || !dir->dir.parent ||
		!atomic_load(&dir->dir.entry))
		return -EPERM;
	pthread_mutex_lock(&space->dirs_lock);
	parent = node_ref(dir->dir.parent);
	memcpy(name, dir->dir.name, dir->dir.name_len + 1);
	pthread_mutex_unlock(&space->dirs_lock);

	r = parent->writable ? 0 : -EPERM;
	if (!r && atomic_load(&parent->fd) < 0)
		r = dir_materialise(parent);
	if (r)
		goto out;
	parent_fd = atomic_load(&parent->fd);
	if (mkdirat(parent_fd, name, 0755) < 0 && errno != EEXIST) {
		r = -errno;
		goto out;
	}
	fd = host_open_name(space, parent_fd, name, O_DIRECTORY);
	if (fd < 0) {
		r = fd == -ENOTDIR || fd == -ELOOP ? -EPERM : fd;
		goto out;
	}
	if (fstat(fd, &st) < 0) {
		r = -errno;
		goto out;
	}
	/* From now on lookups of its name find this identity. */
	pthread_mutex_lock(&space->dirs_lock);
	if (atomic_compare_exchange_strong(&dir->fd, &none, fd)) {
		dir->key.dev = st.st_dev;
		dir->key.ino = st.st_ino;
		fd_steal(&fd);
	}
	pthread_mutex_unlock(&space->dirs_lock);
out:
	node_unref(parent);
	return r;
}

/*
 * Prepares making @name in @dir for @caller; finish_making() ends it.
 * Return: the host's directory, borrowed, or -errno with nothing to end.
 */
static int begin_making(struct node *dir, const char *name, size_t len,
	const struct caller *caller)
{
	int dir_fd = changeable(dir, name, len);
	int r;

	if (dir_fd < 0)
		return dir_fd;
	r = caller_assume(dir->space, caller);
	return r ? r : dir_fd;
}

/* The node for @name, just made in @dir. */
static int find_made(struct node *dir, const char *name, size_t len,
	struct node_found *found)
{
	int r = node_lookup(dir, name, len, found);

	/* Gone again at once: somebody else's doing on the host. */
	return r == -ENOENT ? -ESTALE : r;
}

/* @result is that of the system call that made @name, with its errno. */
static int finish_making(int result, struct node *dir, const char *name,
	size_t len, struct node_found *found)
{
	int r = result < 0 ? -errno : 0;

	caller_restore(dir->space);
	return r ? r : find_made(dir, name, len, found);
}

int node_create(struct node *dir, const char *name, size_t len, int flags,
	mode_t mode, const struct caller *caller, struct node_found *found,
	int *fdp)
{
	struct space *space = dir->space;
	_cleanup_fd_ int fd = -1;
	char self[FD_NAME_SIZE];
	struct stat st;
	int dir_fd, path_fd, r;

	dir_fd = begin_making(dir, name, len, caller);
	if (dir_fd < 0)
		return dir_fd;
	fd = openat(dir_fd, name,
		(flags & (O_ACCMODE | O_TRUNC | O_APPEND | O_EXCL)) | O_CREAT |
			O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		mode & 07777);
	r = fd < 0 ? -errno : 0;
	caller_restore(space);
	if (r)
		return r;

	if (fstat(fd, &found->st) < 0)
		return -errno;
	if (!S_ISREG(found->st.st_mode))
		return -ESTALE; /* something else stands there since: retry */
	path_fd = host_open_name(space, dir_fd, name, 0);
	if (path_fd < 0 || fstat(path_fd, &st) < 0 ||
		st.st_ino != found->st.st_ino ||
		st.st_dev != found->st.st_dev) {
		/* Replaced meanwhile: what we opened is what counts. */
		if (path_fd >= 0)
			close(path_fd);
		path_fd = openat(
			space->proc_fd, fd_name(self, fd), O_PATH | O_CLOEXEC);
		if (path_fd < 0)
			return -errno;
	}
	found->origin = NODE_ORIGIN_WRITABLE;
	found->node = leaf_get(space, &found->st, true, path_fd);
	if (!found->node)
		return -ENOMEM;
	node_show(found->node, &found->st);
	*fdp = fd_steal(&fd);
	return 0;
}

int node_tmpfile(struct node *dir, int flags, mode_t mode,
	const struct caller *caller, struct node_found *found, int *fdp)
{
	struct space *space = dir->space;
	_cleanup_fd_ int fd = -1;
	char self[FD_NAME_SIZE];
	int dir_fd, path_fd, r;

	dir_fd = begin_making(dir, NULL, 0, caller);
	if (dir_fd < 0)
		return dir_fd;
	fd = openat(dir_fd, ".",
		(flags & (O_ACCMODE | O_APPEND | O_EXCL)) | O_TMPFILE |
			O_CLOEXEC,
		mode & 07777);
	r = fd < 0 ? -errno : 0;
	caller_restore(space);
	if (r)
		return r;

	if (fstat(fd, &found->st) < 0)
		return -errno;
	path_fd = openat(space->proc_fd, fd_name(self, fd), O_PATH | O_CLOEXEC);
	if (path_fd < 0)
		return -errno;
	found->origin = NODE_ORIGIN_WRITABLE;
	found->node = leaf_get(space, &found->st, true, path_fd);
	if (!found->node)
		return -ENOMEM;
	node_show(found->node, &found->st);
	*fdp = fd_steal(&fd);
	return 0;
}

int node_mkdir(struct node *dir, const char *name, size_t len, mode_t mode,
	const struct caller *caller, struct node_found *found)
{
	int dir_fd = begin_making(dir, name, len, caller);

	if (dir_fd < 0)
		return dir_fd;
	return finish_making(
		mkdirat(dir_fd, name, mode & 07777), dir, name, len, found);
}

int node_mknod(struct node *dir, const char *name, size_t len, mode_t mode,
	dev_t rdev, const struct caller *caller, struct node_found *found)
{
	int dir_fd = begin_making(dir, name, len, caller);

	if (dir_fd < 0)
		return dir_fd;
	return finish_making(
		mknodat(dir_fd, name, mode, rdev), dir, name, len, found);
}

int node_symlink(struct node *dir, const char *name, size_t len,
	const char *target, const struct caller *caller,
	struct node_found *found)
{
	int dir_fd = begin_making(dir, name, len, caller);

	if (dir_fd < 0)
		return dir_fd;
	return finish_making(
		symlinkat(target, dir_fd, name), dir, name, len, found);
}

int node_link(struct node *node, struct node *dir, const char *name, size_t len,
	struct node_found *found)
{
	struct space *space = dir->space;
	char self[FD_NAME_SIZE];
	struct stat st;
	int dir_fd;

	if (node_is_dir(node) || !node->writable)
		return -EPERM;
	if (!space->options.hardlinks) {
		/* Giving an O_TMPFILE file its first name is no hard link. */
		if (fstat(atomic_load(&node->fd), &st) < 0)
			return -errno;
		if (st.st_nlink)
			return -EPERM;
	}
	dir_fd = changeable(dir, name, len);
	if (dir_fd < 0)
		return dir_fd;
	if (linkat(space->proc_fd, fd_name(self, atomic_load(&node->fd)),
		    dir_fd, name, AT_SYMLINK_FOLLOW) < 0)
		return -errno;
	return find_made(dir, name, len, found);
}

int node_unlink(struct node *dir, const char *name, size_t len)
{
	int dir_fd = changeable(dir, name, len);

	if (dir_fd < 0)
		return dir_fd;
	return unlinkat(dir_fd, name, 0) < 0 ? -errno : 0;
}

int node_rmdir(struct node *dir, const char *name, size_t len)
{
	int dir_fd = changeable(dir, name, len);

	if (dir_fd < 0)
		return dir_fd;
	if (unlinkat(dir_fd, name, AT_REMOVEDIR) < 0)
		return -errno;
	dir_forget_child(dir, name, len);
	return 0;
}

int node_rename(struct node *dir, const char *name, size_t len,
	struct node *to_dir, const char *to_name, size_t to_len,
	unsigned int flags)
{
	int from_fd, to_fd;

	if (flags & ~(unsigned int)(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	from_fd = changeable(dir, name, len);
	if (from_fd < 0)
		return from_fd;
	to_fd = changeable(to_dir, to_name, to_len);
	if (to_fd < 0)
		return to_fd;
	if (renameat2(from_fd, name, to_fd, to_name, flags) < 0)
		return -errno;
	dirs_follow_rename(dir, name, len, to_dir, to_name, to_len,
		flags & RENAME_EXCHANGE);
	return 0;
}
