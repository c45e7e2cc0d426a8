/*
 * Reaching the host's files.
 *
 * Nodes hold O_PATH descriptors, so whatever needs more (opening for reading,
 * chmod, extended attributes) goes through /proc/self/fd/N.
 *
 * Our own mount may well lie inside a directory that is mapped ("/", say).
 * Following it would make a thread that serves requests wait for itself, so
 * mount points are crossed only after a look at whose they are, one that
 * sends no request (AT_STATX_DONT_SYNC).
 */
#include "core/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "util/fd.h"

const char *fd_name(char *buf, int fd)
{
	snprintf(buf, FD_NAME_SIZE, "%d", fd);
	return buf;
}

static bool is_own_mount(struct space *space, int fd)
{
	struct statx stx;

	if (!atomic_load_explicit(&space->own_dev, memory_order_relaxed))
		return false;
	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, 0, &stx) < 0)
		return false;
	return makedev(stx.stx_dev_major, stx.stx_dev_minor) ==
	       atomic_load(&space->own_dev);
}

int host_open_target(struct space *space, const char *target)
{
	_cleanup_fd_ int fd = -1;

	fd = open(target, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (is_own_mount(space, fd))
		return -EXDEV;
	return fd_steal(&fd);
}

int host_open_name(struct space *space, int dir_fd, const char *name, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(O_PATH | O_NOFOLLOW | O_CLOEXEC | flags),
		.resolve = RESOLVE_NO_XDEV,
	};
	_cleanup_fd_ int fd = -1;

	fd = (int)syscall(SYS_openat2, dir_fd, name, &how, sizeof(how));
	if (fd >= 0)
		return fd_steal(&fd);
	if (errno != EXDEV)
		return -errno;
	fd = openat(dir_fd, name, (int)how.flags);
	if (fd < 0)
		return -errno;
	if (is_own_mount(space, fd))
		return -EXDEV;
	return fd_steal(&fd);
}

static uint64_t mix(uint64_t x)
{
	/* The finaliser of splitmix64. */
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

uint64_t space_ino(
	struct space *space, uint64_t dev, uint64_t ino, uint64_t salt)
{
	uint64_t none = 0;

	/* The first device seen keeps its numbers: git and tar like stable
	 * ones, and 32-bit programs small ones. */
	if (dev && !atomic_load_explicit(
			   &space->primary_dev, memory_order_relaxed))
		atomic_compare_exchange_strong(&space->primary_dev, &none, dev);
	if (dev == atomic_load_explicit(
			   &space->primary_dev, memory_order_relaxed) &&
		!salt)
		return ino;
	return mix(mix(dev ^ salt << 40) + ino) >> 1 | (uint64_t)1 << 62;
}
