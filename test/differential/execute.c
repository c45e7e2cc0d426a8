/*
 * Executes one operation on one side and notes everything that the caller of
 * it could see: result, errno, attributes and bytes.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "kinds.h"
#include "op.h"

static unsigned char buffer[OP_SPAN * 2];

static uint64_t hash(const void *data, size_t n)
{
	const unsigned char *p = data;
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 1099511628211u;
	return h;
}

static void fill(unsigned char *p, size_t n, uint32_t salt)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(salt + i * 31 + (i >> 8));
}

/* Nothing set by utimens here is younger than this, all else is. */
#define OLD_S 1262304000 /* 2010 */

/*
 * What both sides must show alike. Times that nobody set are those of the
 * moment and differ; so do the sizes of directories, which are the host's
 * own business, and the times of pipes, which no FUSE server is told of.
 */
static void describe(const struct stat *st, const struct op_options *options,
	char *text, size_t size)
{
	bool dir = S_ISDIR(st->st_mode);
	long long mtime = -1;

	if (st->st_mtim.tv_sec < OLD_S && !S_ISFIFO(st->st_mode))
		mtime = st->st_mtim.tv_sec * 1000000000ll + st->st_mtim.tv_nsec;
	snprintf(text, size,
		"mode %o uid %u gid %u nlink %ld size %lld rdev %llx mtime "
		"%lld",
		st->st_mode, st->st_uid, st->st_gid,
		options->hardlinks ? (long)st->st_nlink : -1,
		dir ? -1ll : (long long)st->st_size,
		(unsigned long long)st->st_rdev, mtime);
}

int describe_node(int dir_fd, const char *name,
	const struct op_options *options, char *text, size_t size)
{
	struct stat st;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	describe(&st, options, text, size);
	return 0;
}

int64_t hash_file(int fd)
{
	ssize_t n = pread(fd, buffer, sizeof(buffer), 0);

	if (n < 0)
		return -errno;
	return (int64_t)(hash(buffer, (size_t)n) >> 1);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names and types, sorted. */
static long list(const struct side *side, const char *path, char *text)
{
	char *lines[512];
	size_t n = 0, at = 0;
	struct dirent *d;
	DIR *dir;
	int fd = openat(side->root_fd, path,
		O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	errno = 0;
	while ((d = readdir(dir)) && n < 512) {
		if (asprintf(&lines[n], "%s:%u", d->d_name, d->d_type) < 0)
			abort();
		n++;
	}
	if (errno) {
		long r = -errno;

		closedir(dir);
		return r;
	}
	closedir(dir);
	qsort(lines, n, sizeof(*lines), by_name);
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(lines[i]);

		if (at + len + 2 < OP_TEXT) {
			memcpy(text + at, lines[i], len);
			at += len;
			text[at++] = '|';
		}
		free(lines[i]);
	}
	text[at] = '\0';
	return (long)n;
}

static long give(long r)
{
	return r < 0 ? -errno : r;
}

static long note_bytes(ssize_t n, char *text)
{
	if (n < 0)
		return -errno;
	snprintf(text, OP_TEXT, "bytes %016" PRIx64, hash(buffer, (size_t)n));
	return n;
}

/* Opens into the slot, and shows what was opened. */
static long keep(struct side *side, const struct op *op, int fd, char *text)
{
	struct stat st;

	if (fd < 0)
		return -errno;
	if (side->fds[op->slot] >= 0)
		close(side->fds[op->slot]);
	side->fds[op->slot] = fd;
	if (fstat(fd, &st))
		return -errno;
	describe(&st, side->options, text, OP_TEXT);
	return 0;
}

static long map_file(const struct op *op, int fd, char *text)
{
	bool store = op->kind == OP_MAP_STORE;
	unsigned char *map;
	struct stat st;
	size_t at;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || !st.st_size)
		return 0;
	/*
	 * Pages that the kernel writes back make a server without privileges
	 * lose the file these bits: it isn't told who stored.
	 */
	if (store && st.st_mode & (S_ISUID | S_ISGID))
		return 0;
	map = mmap(NULL, (size_t)st.st_size,
		op->kind == OP_MAP_READ ? PROT_READ : PROT_READ | PROT_WRITE,
		op->kind == OP_MAP_PRIVATE ? MAP_PRIVATE : MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	at = op->offset % (size_t)st.st_size;
	if (op->kind != OP_MAP_READ) {
		size_t n = (size_t)st.st_size - at;

		fill(map + at, n < op->length ? n : op->length, op->salt);
	}
	snprintf(text, OP_TEXT, "mapped %016" PRIx64,
		hash(map, (size_t)st.st_size));
	/* Stored pages would reach the file at a time of their own. */
	if (store && msync(map, (size_t)st.st_size, MS_SYNC)) {
		munmap(map, (size_t)st.st_size);
		return -errno;
	}
	munmap(map, (size_t)st.st_size);
	return st.st_size;
}

static long do_fallocate(const struct op *op, int fd)
{
	static const int modes[] = { 0, FALLOC_FL_KEEP_SIZE,
		FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		FALLOC_FL_ZERO_RANGE,
		FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE };

	return give(
		fallocate(fd, modes[op->flags % 5], op->offset, op->length));
}

static void draw_times(const struct op *op, struct timespec t[2])
{
	for (int i = 0; i < 2; i++) {
		t[i].tv_sec = (op->salt >> i) % OLD_S;
		t[i].tv_nsec = op->flags % 1000000000;
	}
	if (op->flags % 7 == 0)
		t[0].tv_nsec = UTIME_OMIT;
	if (op->flags % 11 == 0)
		t[1].tv_nsec = UTIME_OMIT;
	if (op->flags % 13 == 0)
		t[1].tv_nsec = UTIME_NOW;
}

/* Ids to give away to; only root can. */
static void draw_owner(const struct op *op, uid_t *uid, gid_t *gid)
{
	static const int ids[] = { -1, 0, 12345, 54321 };

	*uid = (uid_t)ids[op->flags % 4];
	*gid = (gid_t)ids[op->salt % 4];
}

static long copy_range(const struct op *op, int in, int out)
{
	loff_t from = op->offset, to = op->offset2;

	return give(copy_file_range(in, &from, out, &to, op->length, 0));
}

static bool all_zero(const unsigned char *p, ssize_t n)
{
	for (ssize_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

/*
 * Where exactly data begins and ends depends on what the host has in its
 * caches. But one of the two is here, nothing but zeros comes before data,
 * and the last hole is the end of the file.
 */
static long seek_hole(const struct op *op, int fd, char *text)
{
	off_t was = lseek(fd, 0, SEEK_CUR), end = lseek(fd, 0, SEEK_END);
	off_t data = lseek(fd, op->offset, SEEK_DATA);
	off_t hole = lseek(fd, op->offset, SEEK_HOLE);
	int e = errno;
	ssize_t n;

	lseek(fd, was, SEEK_SET);
	if (hole < 0)
		return -e;
	n = pread(fd, buffer, (size_t)((data < 0 ? end : data) - op->offset),
		op->offset);
	if (hole > end || (data > op->offset && hole > op->offset) ||
		!all_zero(buffer, n))
		snprintf(text, OP_TEXT,
			"from %u: data at %lld, hole at %lld of %lld",
			op->offset, (long long)data, (long long)hole,
			(long long)end);
	return 0;
}

/* Those that work on an open file. */
static long execute_fd(const struct op *op, struct side *side, char *text)
{
	int fd = side->fds[op->slot], fd2 = side->fds[op->slot2];
	struct timespec times[2];
	char path[64];
	struct stat st;
	uid_t uid;
	gid_t gid;
	off_t from;

	if (fd < 0)
		return 0;
	switch ((enum op_kind)op->kind) {
	case OP_CLOSE:
		side->fds[op->slot] = -1;
		return give(close(fd));
	case OP_PREAD:
		return note_bytes(
			pread(fd, buffer, op->length, op->offset), text);
	case OP_READ:
		return note_bytes(read(fd, buffer, op->length), text);
	case OP_PWRITE:
		fill(buffer, op->length, op->salt);
		return give(pwrite(fd, buffer, op->length, op->offset));
	case OP_WRITE:
		fill(buffer, op->length, op->salt);
		/* Append after append must not fill the disk. */
		if (fstat(fd, &st) || st.st_size > OP_SPAN)
			return 0;
		return give(write(fd, buffer, op->length));
	case OP_LSEEK:
		/* Positions in a directory are anybody's guess. */
		if (fstat(fd, &st) || S_ISDIR(st.st_mode))
			return 0;
		return give(lseek(fd, op->flags % 3 ? op->offset : 0,
			(int)(op->flags % 3 ? SEEK_SET : SEEK_END)));
	case OP_FTRUNCATE:
		return give(ftruncate(fd, op->offset));
	case OP_FALLOCATE:
		return do_fallocate(op, fd);
	case OP_SEEK_HOLE:
		if (fstat(fd, &st) || S_ISDIR(st.st_mode))
			return 0;
		return seek_hole(op, fd, text);
	case OP_COPY_RANGE:
		return fd2 < 0 ? 0 : copy_range(op, fd, fd2);
	case OP_SENDFILE:
		from = op->offset;
		if (fd2 < 0 || fstat(fd2, &st) || st.st_size > OP_SPAN)
			return 0;
		return give(sendfile(fd2, fd, &from, op->length));
	case OP_MAP_READ:
	case OP_MAP_STORE:
	case OP_MAP_PRIVATE:
		return map_file(op, fd, text);
	case OP_FSYNC:
		return give(op->flags % 2 ? fsync(fd) : fdatasync(fd));
	case OP_FSTAT:
		if (fstat(fd, &st))
			return -errno;
		describe(&st, side->options, text, OP_TEXT);
		return 0;
	case OP_FCHMOD:
		return give(fchmod(fd, op->mode));
	case OP_FCHOWN:
		draw_owner(op, &uid, &gid);
		return give(fchown(fd, uid, gid));
	case OP_FUTIMENS:
		draw_times(op, times);
		return give(futimens(fd, times));
	case OP_REOPEN:
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		return keep(side, op,
			open(path, (op->flags % 3) | O_CLOEXEC | O_NONBLOCK),
			text);
	case OP_LINK_FD:
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		return give(linkat(AT_FDCWD, path, side->root_fd, op->path,
			AT_SYMLINK_FOLLOW));
	default:
		abort();
	}
}

static long execute_path(const struct op *op, struct side *side, char *text)
{
	/* No devices: the view has no working ones. */
	static const mode_t types[] = { S_IFREG, S_IFIFO, S_IFSOCK };
	int root = side->root_fd;
	struct timespec times[2];
	struct stat st;
	ssize_t n;
	uid_t uid;
	gid_t gid;
	int fd;
	long r;

	switch ((enum op_kind)op->kind) {
	case OP_OPEN:
		return keep(side, op,
			openat(root, op->path,
				(int)op->flags | O_CLOEXEC | O_NONBLOCK,
				op->mode),
			text);
	case OP_TMPFILE:
		return keep(side, op,
			openat(root, op->path, O_TMPFILE | O_RDWR | O_CLOEXEC,
				op->mode),
			text);
	case OP_TRUNCATE:
		fd = openat(root, op->path,
			O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_TRUNC);
		if (fd < 0)
			return -errno;
		close(fd);
		return 0;
	case OP_STAT:
	case OP_LSTAT:
		if (fstatat(root, op->path, &st,
			    op->kind == OP_STAT ? 0 : AT_SYMLINK_NOFOLLOW))
			return -errno;
		describe(&st, side->options, text, OP_TEXT);
		return 0;
	case OP_ACCESS:
		return give(faccessat(root, op->path, op->flags % 8, 0));
	case OP_CHMOD:
		return give(fchmodat(root, op->path, op->mode, 0));
	case OP_CHOWN:
		draw_owner(op, &uid, &gid);
		return give(fchownat(root, op->path, uid, gid,
			op->flags & 16 ? AT_SYMLINK_NOFOLLOW : 0));
	case OP_UTIMENS:
		draw_times(op, times);
		return give(utimensat(root, op->path, times,
			op->flags & 16 ? AT_SYMLINK_NOFOLLOW : 0));
	case OP_MKDIR:
		return give(mkdirat(root, op->path, op->mode));
	case OP_RMDIR:
		return give(unlinkat(root, op->path, AT_REMOVEDIR));
	case OP_UNLINK:
		return give(unlinkat(root, op->path, 0));
	case OP_RENAME:
		return give(renameat(root, op->path, root, op->path2));
	case OP_RENAME_NOREPLACE:
		return give(renameat2(
			root, op->path, root, op->path2, RENAME_NOREPLACE));
	case OP_RENAME_EXCHANGE:
		return give(renameat2(
			root, op->path, root, op->path2, RENAME_EXCHANGE));
	case OP_SYMLINK:
		/* May dangle, or lead in a circle. */
		return give(symlinkat(op->path2, root, op->path));
	case OP_READLINK:
		n = readlinkat(root, op->path, text, OP_TEXT - 1);
		if (n < 0)
			return -errno;
		text[n] = '\0';
		return n;
	case OP_MKNOD:
		return give(mknodat(
			root, op->path, types[op->flags % 3] | op->mode, 0));
	case OP_READDIR:
		return list(side, op->path, text);
	case OP_UMASK:
		umask(op->flags % 4 ? 022 : op->salt & 077);
		return 0;
	case OP_LINK:
		return give(linkat(root, op->path, root, op->path2,
			op->flags & 16 ? AT_SYMLINK_FOLLOW : 0));
	case OP_SETXATTR:
	case OP_GETXATTR:
	case OP_LISTXATTR:
	case OP_REMOVEXATTR:
		break;
	default:
		abort();
	}

	/* Extended attributes have no *at() calls. */
	char path[OP_PATH + 64], name[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", root, op->path);
	snprintf(name, sizeof(name), "user.x%u", op->salt % 2);
	switch ((enum op_kind)op->kind) {
	case OP_SETXATTR:
		fill(buffer, op->length % 900, op->salt);
		return give(lsetxattr(path, name, buffer, op->length % 900,
			(int)(op->flags % 3)));
	case OP_GETXATTR:
		return note_bytes(
			lgetxattr(path, name, buffer, 200 + op->length % 800),
			text);
	case OP_LISTXATTR:
		n = llistxattr(path, (char *)buffer, 4096);
		r = give(n);
		if (r > 0)
			snprintf(text, OP_TEXT, "%.*s", 4096, (char *)buffer);
		return r;
	default:
		return give(lremovexattr(path, name));
	}
}

void op_execute(const struct op *op, struct side *side, struct outcome *out)
{
	out->text[0] = '\0';
	switch ((enum op_kind)op->kind) {
	case OP_CLOSE:
	case OP_PREAD:
	case OP_READ:
	case OP_PWRITE:
	case OP_WRITE:
	case OP_LSEEK:
	case OP_FTRUNCATE:
	case OP_FALLOCATE:
	case OP_SEEK_HOLE:
	case OP_COPY_RANGE:
	case OP_SENDFILE:
	case OP_MAP_READ:
	case OP_MAP_STORE:
	case OP_MAP_PRIVATE:
	case OP_FSYNC:
	case OP_FSTAT:
	case OP_FCHMOD:
	case OP_FCHOWN:
	case OP_FUTIMENS:
	case OP_REOPEN:
	case OP_LINK_FD:
		out->result = execute_fd(op, side, out->text);
		break;
	default:
		out->result = execute_path(op, side, out->text);
	}
}

void side_init(struct side *side, int root_fd, const struct op_options *options)
{
	side->root_fd = root_fd;
	side->options = options;
	for (int i = 0; i < OP_SLOTS; i++)
		side->fds[i] = -1;
}

void side_deinit(struct side *side)
{
	for (int i = 0; i < OP_SLOTS; i++)
		if (side->fds[i] >= 0)
			close(side->fds[i]);
	close(side->root_fd);
}
