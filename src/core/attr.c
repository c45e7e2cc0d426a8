/*
 * Attributes, extended attributes, links' targets and file system statistics.
 */
#include "core/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "util/fd.h"

void node_show(const struct node *node, struct stat *st)
{
	struct space *space = node->space;

	st->st_ino = space_ino(space, st->st_dev, st->st_ino,
		node_is_dir(node) ? node->dir.salt : 0);
	if (!space->options.hardlinks) {
		nlink_t most = node_is_dir(node) ? 2 : 1;

		if (st->st_nlink > most)
			st->st_nlink = most;
	}
	if (node == space->root && space->options.private_root) {
		st->st_mode &= (mode_t)~077;
		st->st_uid = space->uid;
		st->st_gid = space->gid;
	}
}

static void scaffold_stat(struct node *node, struct stat *st)
{
	struct layout_entry *entry = atomic_load(&node->dir.entry);
	struct space *space = node->space;
	/* The mount point inside the view has no entry: key it by its node. */
	uint64_t serial = entry ? entry->serial : (uintptr_t)node;

	*st = (struct stat){
		.st_ino = space_ino(space, 0, serial, 1),
		.st_mode = S_IFDIR | 0555,
		.st_nlink = atomic_load(&node->dir.gone) ? 0 : 2,
		.st_uid = space->uid,
		.st_gid = space->gid,
		.st_size = 2,
		.st_blksize = 4096,
	};
	st->st_mtim = entry ? entry->made : space->made;
	st->st_atim = st->st_ctim = st->st_mtim;
	if (space->options.writable_scaffolds && node->writable)
		st->st_mode |= 0200;
	if (node == space->root && space->options.private_root)
		st->st_mode &= (mode_t)~077;
}

int node_stat(struct node *node, struct stat *st)
{
	int fd = atomic_load(&node->fd);

	if (fd < 0) {
		scaffold_stat(node, st);
		return 0;
	}
	if (fstat(fd, st) < 0)
		return -errno;
	node_show(node, st);
	return 0;
}

static struct statx_timestamp timestamp(struct timespec ts)
{
	return (struct statx_timestamp){
		.tv_sec = ts.tv_sec,
		.tv_nsec = (uint32_t)ts.tv_nsec,
	};
}

int node_statx(struct node *node, unsigned int mask, struct statx *stx)
{
	int fd = atomic_load(&node->fd);
	struct stat st;
	int r;

	r = node_stat(node, &st);
	if (r)
		return r;
	*stx = (struct statx){ 0 };
	if (fd >= 0 &&
		statx(fd, "", AT_EMPTY_PATH, mask | STATX_BASIC_STATS, stx) < 0)
		return -errno;
	stx->stx_mask |= STATX_BASIC_STATS;
	stx->stx_blksize = (uint32_t)st.st_blksize;
	stx->stx_nlink = (uint32_t)st.st_nlink;
	stx->stx_uid = st.st_uid;
	stx->stx_gid = st.st_gid;
	stx->stx_mode = (uint16_t)st.st_mode;
	stx->stx_ino = st.st_ino;
	stx->stx_size = (uint64_t)st.st_size;
	stx->stx_blocks = (uint64_t)st.st_blocks;
	stx->stx_atime = timestamp(st.st_atim);
	stx->stx_mtime = timestamp(st.st_mtim);
	stx->stx_ctime = timestamp(st.st_ctim);
	return 0;
}

int node_statfs(struct node *node, struct statvfs *st)
{
	int fd = atomic_load(&node->fd);

	if (fd < 0)
		fd = atomic_load(&node->space->root->fd);
	if (fd < 0) {
		/* Only scaffolds: no blocks, no files, all names allowed. */
		*st = (struct statvfs){
			.f_bsize = 4096, .f_frsize = 4096, .f_namemax = NAME_MAX
		};
		return 0;
	}
	if (fstatvfs(fd, st) < 0)
		return -errno;
	return 0;
}

ssize_t node_readlink(struct node *node, char *buf, size_t size)
{
	ssize_t n;

	if (!S_ISLNK(node->type))
		return -EINVAL;
	n = readlinkat(atomic_load(&node->fd), "", buf, size);
	return n < 0 ? -errno : n;
}

static int set_size(struct node *node, const struct node_attr *attr, int fd_in)
{
	bool drop = attr->mask & NODE_ATTR_KILL_PRIV;
	_cleanup_fd_ int fd = -1;
	int r;

	if (fd_in < 0) {
		fd = node_open(node, O_WRONLY, false);
		if (fd < 0)
			return fd;
		fd_in = fd;
	}
	if (drop)
		caller_drop_fsetid();
	r = ftruncate(fd_in, attr->size) < 0 ? -errno : 0;
	if (drop)
		caller_take_fsetid();
	return r;
}

int node_set_attr(struct node *node, const struct node_attr *attr, int fd)
{
	char name[FD_NAME_SIZE];
	int path_fd = atomic_load(&node->fd);
	int r;

	if (!node->writable || path_fd < 0)
		return -EPERM;
	if (attr->mask & NODE_ATTR_SIZE) {
		r = set_size(node, attr, fd);
		if (r)
			return r;
	}
	/*
	 * Owner before mode: a change of owner clears set-user-id bits. So
	 * does a change to the same owner, chown(path, -1, -1), of which no
	 * more arrives here than that something is to be set.
	 */
	if (!(attr->mask & ~(unsigned int)NODE_ATTR_KILL_PRIV) ||
		attr->mask & (NODE_ATTR_UID | NODE_ATTR_GID)) {
		uid_t uid = attr->mask & NODE_ATTR_UID ? attr->uid : (uid_t)-1;
		gid_t gid = attr->mask & NODE_ATTR_GID ? attr->gid : (gid_t)-1;

		if (fchownat(path_fd, "", uid, gid, AT_EMPTY_PATH) < 0)
			return -errno;
	}
	if (attr->mask & NODE_ATTR_MODE) {
		/* The path in /proc leads to the link itself, of which
		 * chmod(2) would say EOPNOTSUPP as well. */
		if (S_ISLNK(node->type))
			return -EOPNOTSUPP;
		if (fchmodat(node->space->proc_fd, fd_name(name, path_fd),
			    attr->mode & 07777, 0) < 0)
			return -errno;
	}
	if (attr->mask & NODE_ATTR_TIMES) {
		if (utimensat(path_fd, "", attr->times, AT_EMPTY_PATH) < 0)
			return -errno;
	}
	node_data_changed(node);
	return 0;
}

/* "/proc/self/fd/N", for the calls that have no *at() form. */
#define PROC_PATH_SIZE (sizeof("/proc/self/fd/") + FD_NAME_SIZE)

static const char *proc_path(char *buf, struct node *node)
{
	char name[FD_NAME_SIZE];

	strcpy(buf, "/proc/self/fd/");
	strcat(buf, fd_name(name, atomic_load(&node->fd)));
	return buf;
}

ssize_t node_getxattr(
	struct node *node, const char *name, void *value, size_t size)
{
	char path[PROC_PATH_SIZE];
	ssize_t n;

	if (atomic_load(&node->fd) < 0)
		return -ENODATA;
	n = getxattr(proc_path(path, node), name, value, size);
	return n < 0 ? -errno : n;
}

ssize_t node_listxattr(struct node *node, char *list, size_t size)
{
	char path[PROC_PATH_SIZE];
	ssize_t n;

	if (atomic_load(&node->fd) < 0)
		return 0;
	n = listxattr(proc_path(path, node), list, size);
	return n < 0 ? -errno : n;
}

int node_setxattr(struct node *node, const char *name, const void *value,
	size_t size, int flags)
{
	char path[PROC_PATH_SIZE];

	if (!node->writable || atomic_load(&node->fd) < 0)
		return -EPERM;
	if (setxattr(proc_path(path, node), name, value, size, flags) < 0)
		return -errno;
	node_data_changed(node);
	return 0;
}

int node_removexattr(struct node *node, const char *name)
{
	char path[PROC_PATH_SIZE];

	if (!node->writable || atomic_load(&node->fd) < 0)
		return -EPERM;
	if (removexattr(proc_path(path, node), name) < 0)
		return -errno;
	node_data_changed(node);
	return 0;
}
