/*
 * Checks positions in a directory: telldir(3), seekdir(3), rewinddir(3).
 *
 *	positions DIR COUNT
 *
 * DIR must hold COUNT entries besides "." and "..". Reads them all, noting
 * the position before each; each must come once. Then seeks back to some of
 * the positions, in no order, and must find the same rest; then rewinds and
 * must find the same whole.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct seen {
	long position; /* before it */
	char *name;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static struct dirent *next(DIR *dir)
{
	struct dirent *d;

	errno = 0;
	d = readdir(dir);
	if (!d && errno)
		err(1, "readdir");
	return d;
}

static void follow(
	DIR *dir, const struct seen *seen, size_t from, size_t to, size_t n)
{
	struct dirent *d;

	for (size_t i = from; i < to; i++) {
		d = next(dir);
		if (!d)
			errx(1, "end at %zu of %zu, started at %zu", i, n,
				from);
		if (strcmp(d->d_name, seen[i].name))
			errx(1, "at %zu, started at %zu: %s, not %s", i, from,
				d->d_name, seen[i].name);
	}
	if (to == n && next(dir))
		errx(1, "more than %zu entries, started at %zu", n, from);
}

int main(int argc, char **argv)
{
	size_t n = 0, capacity = 0, want;
	struct seen *seen = NULL;
	struct dirent *d;
	char **names;
	DIR *dir;

	if (argc != 3)
		errx(2, "usage: positions DIR COUNT");
	want = strtoul(argv[2], NULL, 10) + 2;
	dir = opendir(argv[1]);
	if (!dir)
		err(1, "opendir %s", argv[1]);
	for (;;) {
		long position = telldir(dir);

		d = next(dir);
		if (!d)
			break;
		if (n == capacity) {
			capacity = capacity ? capacity * 2 : 1024;
			seen = reallocarray(seen, capacity, sizeof(*seen));
			if (!seen)
				err(1, "memory");
		}
		seen[n].position = position;
		seen[n++].name = strdup(d->d_name);
	}
	if (n != want)
		errx(1, "%zu entries, not %zu", n, want);
	names = calloc(n, sizeof(*names));
	if (!names)
		err(1, "memory");
	for (size_t i = 0; i < n; i++)
		names[i] = seen[i].name;
	qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 1; i < n; i++)
		if (!strcmp(names[i - 1], names[i]))
			errx(1, "%s comes twice", names[i]);

	srand(1);
	for (int i = 0; i < 200; i++) {
		size_t from = (size_t)rand() % n;
		size_t to = from + 50 < n ? from + 50 : n;

		seekdir(dir, seen[from].position);
		follow(dir, seen, from, to, n);
	}
	rewinddir(dir);
	follow(dir, seen, 0, n, n);
	closedir(dir);
	for (size_t i = 0; i < n; i++)
		free(seen[i].name);
	free(seen);
	free(names);
	printf("%zu entries\n", n);
	return 0;
}
