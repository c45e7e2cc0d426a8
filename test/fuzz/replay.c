/*
 * Stands in for libFuzzer where there is none: runs the target once on each
 * input.
 *
 *	fuzz-NAME [-OPTION]... FILE_OR_DIRECTORY...
 *
 * libFuzzer's options are taken and ignored, so that one command line serves
 * both. Fails when there was no input at all.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t inputs;

/* In memory of its exact size, so that reading beyond it is caught. */
static int replay(
	const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	size_t size = (size_t)st->st_size, at = 0;
	uint8_t *data;
	int fd;

	if (type != FTW_F)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	data = malloc(size ? size : 1);
	if (fd < 0 || !data)
		err(1, "%s", path);
	while (at < size) {
		ssize_t n = read(fd, data + at, size - at);

		if (n <= 0)
			err(1, "read %s", path);
		at += (size_t)n;
	}
	close(fd);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	inputs++;
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (argv[i][0] != '-' && nftw(argv[i], replay, 16, FTW_PHYS))
			err(1, "%s", argv[i]);
	printf("%zu inputs\n", inputs);
	return inputs ? 0 : 1;
}
