/*
 * Prints what statx(2) says of each path, as a line of JSON, asking for
 * everything and not following symbolic links.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

static void print_time(const char *name, const struct statx_timestamp *t)
{
	printf(", \"%s\": %lld", name,
		(long long)t->tv_sec * 1000000000 + t->tv_nsec);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct statx x;

		if (statx(AT_FDCWD, argv[i], AT_SYMLINK_NOFOLLOW,
			    STATX_BASIC_STATS | STATX_BTIME, &x))
			err(1, "statx %s", argv[i]);
		printf("{\"mask\": %u, \"mode\": %u, \"nlink\": %u, "
		       "\"uid\": %u, \"gid\": %u, \"ino\": %llu, "
		       "\"size\": %llu, \"blocks\": %llu, \"blksize\": %u",
			x.stx_mask, x.stx_mode, x.stx_nlink, x.stx_uid,
			x.stx_gid, (unsigned long long)x.stx_ino,
			(unsigned long long)x.stx_size,
			(unsigned long long)x.stx_blocks, x.stx_blksize);
		print_time("atime_ns", &x.stx_atime);
		print_time("mtime_ns", &x.stx_mtime);
		print_time("ctime_ns", &x.stx_ctime);
		print_time("btime_ns", &x.stx_btime);
		printf("}\n");
	}
	return 0;
}
