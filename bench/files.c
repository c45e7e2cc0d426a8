/*
 * Loops over files: each takes names of one directory, relative to its open
 * descriptor, so that what is timed is one path component in the view and
 * nothing of the path that leads there.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "batch.h"

#define SMALL 4096 /* bytes of a small read or write */

static void write_all(int fd, const char *buf, uint64_t size, const char *name)
{
	while (size) {
		ssize_t n = write(fd, buf, size);

		if (n <= 0)
			fail(errno, "writing %s", name);
		buf += n;
		size -= n;
	}
}

/* A buffer that isn't all zeros. */
static char *pattern_new(uint64_t size)
{
	char *buf = must_alloc(malloc(size ? size : 1));

	for (uint64_t i = 0; i < size; i++)
		buf[i] = (char)(i * 31 + i / 4096);
	return buf;
}

void do_make_files(struct batch *b)
{
	uint64_t chunk = b->size < b->chunk ? b->size : b->chunk;
	char *buf = pattern_new(chunk);

	for (uint64_t i = 0; i < b->count; i++) {
		int fd = openat(b->dir_fd, b->names[i],
			O_WRONLY | O_CREAT | O_EXCL, 0644);

		if (fd < 0)
			fail(errno, "making %s/%s", b->dir, b->names[i]);
		for (uint64_t done = 0; done < b->size;) {
			uint64_t left = b->size - done;
			uint64_t n = left < chunk ? left : chunk;

			write_all(fd, buf, n, b->names[i]);
			done += n;
		}
		close(fd);
	}
	free(buf);
}

void do_make_links(struct batch *b)
{
	if (!b->to)
		fail(0, "make-links needs --to");
	for (uint64_t i = 0; i < b->count; i++) {
		char *target;

		if (asprintf(&target, "%s/%s", b->to, b->names[i]) < 0)
			fail(ENOMEM, "link");
		if (symlinkat(target, b->dir_fd, b->names[i]))
			fail(errno, "making %s/%s", b->dir, b->names[i]);
		free(target);
	}
}

void do_remove(struct batch *b)
{
	for (uint64_t i = 0; i < b->count; i++) {
		if (unlinkat(b->dir_fd, b->names[i], 0))
			fail(errno, "removing %s/%s", b->dir, b->names[i]);
	}
}

static void stat_all(struct batch *b)
{
	struct stat st;

	for (uint64_t i = 0; i < b->count; i++) {
		if (fstatat(b->dir_fd, b->names[i], &st, 0))
			fail(errno, "stat %s/%s", b->dir, b->names[i]);
	}
}

/*
 * Without --warm the names are only touched by the clock's own pass; the
 * directory itself, and the code on the way, is made warm by its "." here,
 * which costs the file system no lookup of a name.
 */
static void warm_directory(struct batch *b)
{
	struct stat st;

	for (int i = 0; i < 100; i++) {
		if (fstatat(b->dir_fd, ".", &st, 0))
			fail(errno, "stat %s", b->dir);
	}
}

static void passes(struct batch *b, void (*pass)(struct batch *))
{
	if (b->warm)
		pass(b);
	else
		warm_directory(b);
	batch_begin(b);
	for (uint64_t i = 0; i < b->passes; i++)
		pass(b);
	batch_end(b, "total", b->passes * b->count);
}

void do_stat(struct batch *b)
{
	passes(b, stat_all);
}

static void absent_all(struct batch *b)
{
	struct stat st;

	for (uint64_t i = 0; i < b->count; i++) {
		if (fstatat(b->dir_fd, b->names[i], &st, 0) == 0)
			fail(0, "%s/%s is there", b->dir, b->names[i]);
		if (errno != ENOENT)
			fail(errno, "stat %s/%s", b->dir, b->names[i]);
	}
}

void do_absent(struct batch *b)
{
	passes(b, absent_all);
}

static void open_all(struct batch *b)
{
	for (uint64_t i = 0; i < b->count; i++) {
		int fd = openat(b->dir_fd, b->names[i], O_RDONLY);

		if (fd < 0)
			fail(errno, "open %s/%s", b->dir, b->names[i]);
		close(fd);
	}
}

void do_open(struct batch *b)
{
	passes(b, open_all);
}

static void read_all(struct batch *b)
{
	static char buf[SMALL];

	for (uint64_t i = 0; i < b->count; i++) {
		int fd = openat(b->dir_fd, b->names[i], O_RDONLY);

		if (fd < 0)
			fail(errno, "open %s/%s", b->dir, b->names[i]);
		if (read(fd, buf, SMALL) != SMALL)
			fail(errno, "read %s/%s", b->dir, b->names[i]);
		close(fd);
	}
}

void do_read(struct batch *b)
{
	passes(b, read_all);
}

struct dirent64_head {
	uint64_t d_ino;
	int64_t d_off;
	uint16_t d_reclen;
	uint8_t d_type;
	char d_name[];
};

/* Lists the directory, and looks at each name if @look. */
static void list(struct batch *b, bool look)
{
	static char buf[32768] __attribute__((aligned(8)));
	uint64_t found = 0;
	int fd = open(b->dir, O_RDONLY | O_DIRECTORY);
	long n;

	if (fd < 0)
		fail(errno, "open %s", b->dir);
	while ((n = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < n;) {
			struct dirent64_head *d = (void *)(buf + at);
			struct stat st;

			at += d->d_reclen;
			if (d->d_name[0] == '.')
				continue;
			found++;
			if (look && fstatat(fd, d->d_name, &st,
					    AT_SYMLINK_NOFOLLOW))
				fail(errno, "stat %s/%s", b->dir, d->d_name);
		}
	}
	if (n < 0)
		fail(errno, "reading %s", b->dir);
	if (found != b->count)
		fail(0, "%s has %llu names instead of %llu", b->dir,
			(unsigned long long)found,
			(unsigned long long)b->count);
	close(fd);
}

static void lists(struct batch *b, bool look)
{
	if (b->warm)
		list(b, look);
	batch_begin(b);
	for (uint64_t i = 0; i < b->passes; i++)
		list(b, look);
	batch_end(b, "total", b->passes);
}

void do_list(struct batch *b)
{
	lists(b, false);
}

void do_list_stat(struct batch *b)
{
	lists(b, true);
}

void do_create(struct batch *b)
{
	char *buf = pattern_new(SMALL);

	warm_directory(b);
	batch_begin(b);
	for (uint64_t i = 0; i < b->count; i++) {
		int fd = openat(b->dir_fd, b->names[i],
			O_WRONLY | O_CREAT | O_EXCL, 0644);

		if (fd < 0)
			fail(errno, "making %s/%s", b->dir, b->names[i]);
		if (write(fd, buf, SMALL) != SMALL)
			fail(errno, "writing %s/%s", b->dir, b->names[i]);
		close(fd);
	}
	batch_end(b, "total", b->count);
	free(buf);
}

void do_pwrite(struct batch *b)
{
	char *buf = pattern_new(SMALL);
	uint64_t blocks = b->size / SMALL;
	uint64_t ops = b->passes * blocks;
	int fd = openat(b->dir_fd, b->names[0], O_RDWR);

	if (fd < 0)
		fail(errno, "open %s/%s", b->dir, b->names[0]);
	for (uint64_t i = 0; i < ops + blocks; i++) {
		/* The first pass makes it warm. */
		if (i == blocks)
			batch_begin(b);
		if (pwrite(fd, buf, SMALL, (off_t)(i % blocks * SMALL)) !=
			SMALL)
			fail(errno, "writing %s/%s", b->dir, b->names[0]);
	}
	batch_end(b, "total", ops);
	close(fd);
	free(buf);
}

void do_stream_read(struct batch *b)
{
	char *buf = pattern_new(b->chunk);
	uint64_t done = 0;
	ssize_t n;
	int fd;

	if (b->drop) {
		fd = openat(b->dir_fd, b->names[0], O_RDONLY);
		if (fd < 0)
			fail(errno, "open %s/%s", b->dir, b->names[0]);
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		close(fd);
	}
	batch_begin(b);
	fd = openat(b->dir_fd, b->names[0], O_RDONLY);
	if (fd < 0)
		fail(errno, "open %s/%s", b->dir, b->names[0]);
	while ((n = read(fd, buf, b->chunk)) > 0)
		done += n;
	close(fd);
	batch_end(b, "total", done);
	if (n < 0 || done != b->size)
		fail(errno, "%s/%s: read %llu of %llu bytes", b->dir,
			b->names[0], (unsigned long long)done,
			(unsigned long long)b->size);
	free(buf);
}

/*
 * Writes a new file. It is emptied at once, so that its pages go without
 * having been written to the disk and each batch starts from a clean cache.
 */
void do_stream_write(struct batch *b)
{
	char *buf = pattern_new(b->chunk);
	uint64_t done = 0;
	int fd;

	batch_begin(b);
	fd = openat(b->dir_fd, b->names[0], O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (fd < 0)
		fail(errno, "making %s/%s", b->dir, b->names[0]);
	while (done < b->size) {
		uint64_t left = b->size - done;
		ssize_t n = write(fd, buf, left < b->chunk ? left : b->chunk);

		if (n <= 0)
			fail(errno, "writing %s/%s", b->dir, b->names[0]);
		done += n;
	}
	close(fd);
	batch_end(b, "total", done);
	fd = openat(b->dir_fd, b->names[0], O_RDWR | O_TRUNC);
	if (fd < 0)
		fail(errno, "emptying %s/%s", b->dir, b->names[0]);
	close(fd);
	free(buf);
}

/* Runs a command in a root of its own (--to), in a directory of that root. */
void do_exec(struct batch *b)
{
	if (!b->argv[0])
		fail(0, "exec needs a command");
	batch_begin(b);
	for (uint64_t i = 0; i < b->count; i++) {
		pid_t pid = fork();
		int status;

		if (pid < 0)
			fail(errno, "fork");
		if (pid == 0) {
			if (b->to && chroot(b->to))
				fail(errno, "chroot to %s", b->to);
			if (chdir(b->dir))
				fail(errno, "%s in %s", b->dir, b->to);
			execvp(b->argv[0], b->argv);
			fail(errno, "%s", b->argv[0]);
		}
		if (waitpid(pid, &status, 0) < 0)
			fail(errno, "wait");
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			fail(0, "%s ended with %#x", b->argv[0], status);
	}
	batch_end(b, "total", b->count);
}
