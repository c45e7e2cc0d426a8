/*
 * Checks that two paths of one file always agree.
 *
 *	agree WRITER READER ROUNDS [SEED]
 *
 * Each round changes the file through WRITER in some way (write, append,
 * truncate, extend, a store through a shared mapping) and then looks through
 * READER: the size by fstat(2) and stat(2), the bytes by pread(2), and every
 * so often through a fresh open(2) and a mapping. The bytes are told by the
 * round, so that an old page can't pass for a new one.
 *
 * Exit: 0 if all agreed, 1 with the round, the change and the seed if not.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE_MAX_BYTES 65536

static unsigned char model[SIZE_MAX_BYTES], seen[SIZE_MAX_BYTES];
static size_t model_size;
static uint64_t state;

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void fill(size_t at, size_t n, unsigned long round)
{
	for (size_t i = 0; i < n; i++)
		model[at + i] = (unsigned char)(round * 131 + i * 7 + 1);
	if (at + n > model_size)
		model_size = at + n;
}

/* Changes the file through @fd; returns what was done. */
static const char *change(int fd, unsigned long round)
{
	size_t at = next() % (SIZE_MAX_BYTES / 2);
	size_t n = 1 + next() % 5000;

	switch (next() % 8) {
	case 0:
		at = at % (model_size + 1);
		if (ftruncate(fd, (off_t)at))
			err(1, "ftruncate");
		model_size = at;
		return "ftruncate";
	case 1:
		if (at < model_size)
			at = model_size;
		memset(model + model_size, 0, at - model_size);
		if (ftruncate(fd, (off_t)at))
			err(1, "ftruncate");
		model_size = at;
		return "ftruncate up";
	case 2: {
		unsigned char *map;

		if (!model_size)
			return "nothing";
		at = next() % model_size;
		map = mmap(NULL, model_size, PROT_READ | PROT_WRITE, MAP_SHARED,
			fd, 0);
		if (map == MAP_FAILED) {
			/* Only where the mount can't do it at all. */
			if (errno == ENODEV)
				return "nothing";
			err(1, "mmap");
		}
		fill(at, 1, round);
		map[at] = model[at];
		if (msync(map, model_size, MS_SYNC))
			err(1, "msync");
		munmap(map, model_size);
		return "store";
	}
	default:
		if (at > model_size)
			memset(model + model_size, 0, at - model_size);
		fill(at, n, round);
		if (pwrite(fd, model + at, n, (off_t)at) != (ssize_t)n)
			err(1, "pwrite");
		return "pwrite";
	}
}

/* Compares what @fd and @path show with the model. */
static const char *compare(int fd, const char *path)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		err(1, "fstat");
	if ((size_t)st.st_size != model_size)
		return "size by fstat";
	if (stat(path, &st))
		err(1, "stat %s", path);
	if ((size_t)st.st_size != model_size)
		return "size by stat";
	n = pread(fd, seen, sizeof(seen), 0);
	if (n < 0)
		err(1, "pread");
	if ((size_t)n != model_size)
		return "length read";
	if (memcmp(seen, model, model_size))
		return "bytes read";
	return NULL;
}

static const char *compare_mapped(const char *path)
{
	const char *what = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char *map;

	if (fd < 0)
		err(1, "open %s", path);
	what = compare(fd, path);
	if (!what && model_size) {
		map = mmap(NULL, model_size, PROT_READ, MAP_SHARED, fd, 0);
		if (map == MAP_FAILED)
			err(1, "mmap");
		if (memcmp(map, model, model_size))
			what = "bytes mapped";
		munmap(map, model_size);
	}
	close(fd);
	return what;
}

int main(int argc, char **argv)
{
	unsigned long rounds;
	uint64_t seed;
	int w, r;

	if (argc < 4)
		errx(2, "usage: agree WRITER READER ROUNDS [SEED]");
	rounds = strtoul(argv[3], NULL, 10);
	seed = argc > 4 ? strtoull(argv[4], NULL, 0) : 88172645463325252u;
	state = seed ? seed : 1;
	w = open(argv[1], O_RDWR | O_CLOEXEC);
	if (w < 0)
		err(1, "open %s", argv[1]);
	r = open(argv[2], O_RDONLY | O_CLOEXEC);
	if (r < 0)
		err(1, "open %s", argv[2]);
	if (ftruncate(w, 0))
		err(1, "ftruncate");
	for (unsigned long i = 1; i <= rounds; i++) {
		const char *did = change(w, i);
		const char *what = compare(r, argv[2]);

		if (!what && i % 64 == 0)
			what = compare_mapped(argv[2]);
		if (what) {
			fprintf(stderr,
				"round %lu, after %s: %s differs (size %zu, "
				"seed %#llx)\n",
				i, did, what, model_size,
				(unsigned long long)seed);
			return 1;
		}
	}
	printf("%lu rounds\n", rounds);
	return 0;
}
