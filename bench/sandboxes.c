/*
 * Making and deleting sandboxes: as a forest of symbolic links, and by JSON
 * 0.2 as Bazel speaks it.
 *
 * A sandbox of N mappings shows N input files of a host directory, FAN_OUT of
 * them to a folder (inputs/d00000/f000000 ...), and one writable folder "out".
 *
 * The forest is made with as few system calls as it can be: a mkdir for each
 * folder, a symlink for each file relative to its folder's open descriptor,
 * and the same way back. Nobody who keeps forests does it faster.
 *
 * The requests are in the compact form, with one prefix for each folder of
 * the view and one for each of the host. All prefixes are sent with every
 * request; Bazel sends a prefix once. Composing the text isn't timed, writing
 * it, and waiting for the answer, is.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch.h"

#define FAN_OUT 50

static uint64_t folders_of(uint64_t files)
{
	return (files + FAN_OUT - 1) / FAN_OUT;
}

/* How many files folder @i of a sandbox of @files has. */
static uint64_t files_in(uint64_t files, uint64_t i)
{
	uint64_t left = files - i * FAN_OUT;

	return left < FAN_OUT ? left : FAN_OUT;
}

static int open_dir(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		fail(errno, "open %s", name);
	return fd;
}

/* The input files themselves. */
void do_make_inputs(struct batch *b)
{
	char **folders = names_new("d", 0, folders_of(b->count));

	for (uint64_t i = 0; i < folders_of(b->count); i++) {
		int dir;

		if (mkdirat(b->dir_fd, folders[i], 0755))
			fail(errno, "making %s", folders[i]);
		dir = open_dir(b->dir_fd, folders[i]);
		for (uint64_t k = 0; k < files_in(b->count, i); k++) {
			const char *name = b->names[i * FAN_OUT + k];
			int fd = openat(
				dir, name, O_WRONLY | O_CREAT | O_EXCL, 0644);

			if (fd < 0 || write(fd, "input\n", 6) != 6)
				fail(errno, "making %s", name);
			close(fd);
		}
		close(dir);
	}
}

static void forest_make(struct batch *b, char **folders, char **targets)
{
	if (mkdirat(b->dir_fd, "out", 0755))
		fail(errno, "making out");
	for (uint64_t i = 0; i < folders_of(b->count); i++) {
		int dir;

		if (mkdirat(b->dir_fd, folders[i], 0755))
			fail(errno, "making %s", folders[i]);
		dir = open_dir(b->dir_fd, folders[i]);
		for (uint64_t k = 0; k < files_in(b->count, i); k++) {
			uint64_t n = i * FAN_OUT + k;

			if (symlinkat(targets[n], dir, b->names[n]))
				fail(errno, "link %s", b->names[n]);
		}
		close(dir);
	}
}

static void forest_delete(struct batch *b, char **folders)
{
	for (uint64_t i = 0; i < folders_of(b->count); i++) {
		int dir = open_dir(b->dir_fd, folders[i]);

		for (uint64_t k = 0; k < files_in(b->count, i); k++) {
			if (unlinkat(dir, b->names[i * FAN_OUT + k], 0))
				fail(errno, "unlink");
		}
		close(dir);
		if (unlinkat(b->dir_fd, folders[i], AT_REMOVEDIR))
			fail(errno, "rmdir %s", folders[i]);
	}
	if (unlinkat(b->dir_fd, "out", AT_REMOVEDIR))
		fail(errno, "rmdir out");
}

/* Looks at each input below @at, as an action would that uses them all. */
static void touch_inputs(struct batch *b, int at, char **folders)
{
	struct stat st;

	for (uint64_t i = 0; i < folders_of(b->count); i++) {
		int dir = open_dir(at, folders[i]);

		for (uint64_t k = 0; k < files_in(b->count, i); k++) {
			if (fstatat(dir, b->names[i * FAN_OUT + k], &st, 0))
				fail(errno, "stat");
		}
		close(dir);
	}
}

/* Reports the three parts of @cycles cycles. */
static void report(struct batch *b, const int64_t *ns)
{
	batch_report("create", b->passes, ns[0], -1);
	if (b->touch)
		batch_report("touch", b->passes, ns[1], -1);
	batch_report("destroy", b->passes, ns[2], -1);
	batch_report("total", b->passes, ns[0] + ns[1] + ns[2], -1);
}

void do_forest(struct batch *b)
{
	char **folders = names_new("d", 0, folders_of(b->count));
	char **targets = must_alloc(calloc(b->count, sizeof(*targets)));
	int64_t ns[3] = { 0 };

	if (!b->to)
		fail(0, "forest needs --to");
	for (uint64_t i = 0; i < b->count; i++) {
		if (asprintf(&targets[i], "%s/%s/%s", b->to,
			    folders[i / FAN_OUT], b->names[i]) < 0)
			fail(ENOMEM, "targets");
	}
	batch_mark(b, "begin");
	for (uint64_t i = 0; i < b->passes; i++) {
		int64_t t[4];

		t[0] = clock_ns();
		forest_make(b, folders, targets);
		t[1] = clock_ns();
		if (b->touch)
			touch_inputs(b, b->dir_fd, folders);
		t[2] = clock_ns();
		forest_delete(b, folders);
		t[3] = clock_ns();
		for (int k = 0; k < 3; k++)
			ns[k] += t[k + 1] - t[k];
	}
	batch_mark(b, "end");
	report(b, ns);
}

static void send_all(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t n = write(fd, text, size);

		if (n <= 0)
			fail(errno, "sending a request");
		text += n;
		size -= n;
	}
}

/* Waits for the answer line and checks that it is no error. */
static void await_answer(int fd, const char *id)
{
	char line[4096], want[64];
	size_t size = 0;

	do {
		ssize_t n = read(fd, line + size, sizeof(line) - 1 - size);

		if (n <= 0)
			fail(n < 0 ? errno : 0, "no answer from sandboxfs");
		size += n;
	} while (line[size - 1] != '\n' && size < sizeof(line) - 1);
	line[size] = '\0';
	snprintf(want, sizeof(want), "\"%s\"", id);
	if (!strstr(line, want) || !strstr(line, "\"error\":null"))
		fail(0, "answer to %s: %s", id, line);
}

/* Composes the request to create @id. */
static char *creation(
	struct batch *b, const char *id, char **folders, size_t *size)
{
	uint64_t n = folders_of(b->count);
	char *text = NULL;
	FILE *f = must_alloc(open_memstream(&text, size));

	/* Prefix 1 is the view's top, 2 the writable folder's place, then
	 * two for each folder. */
	fprintf(f,
		"{\"C\":{\"i\":\"%s\",\"m\":[{\"x\":1,\"p\":\"out\","
		"\"y\":2,\"u\":\"out\",\"w\":true}",
		id);
	for (uint64_t i = 0; i < b->count; i++) {
		unsigned long long x = 3 + 2 * (i / FAN_OUT);

		fprintf(f, ",{\"x\":%llu,\"p\":\"%s\",\"y\":%llu,\"u\":\"%s\"}",
			x, b->names[i], x + 1, b->names[i]);
	}
	fprintf(f, "],\"q\":{\"1\":\"/\",\"2\":\"%s\"", b->to);
	for (uint64_t i = 0; i < n; i++) {
		unsigned long long x = 3 + 2 * i;

		fprintf(f, ",\"%llu\":\"/%s\",\"%llu\":\"%s/%s\"", x,
			folders[i], x + 1, b->to, folders[i]);
	}
	fprintf(f, "}}}");
	if (fclose(f))
		fail(errno, "composing a request");
	return text;
}

/*
 * --first is the number of the first id; ids are never used twice. DIR is the
 * mount point, --to the host's directory of inputs, which has a folder "out".
 */
void do_sandbox(struct batch *b)
{
	char **folders = names_new("d", 0, folders_of(b->count));
	int64_t ns[3] = { 0 };

	if (!b->to || b->request_fd < 0 || b->answer_fd < 0)
		fail(0, "sandbox needs --to, --request-fd and --answer-fd");
	/* The names are those of the inputs, whatever the ids are. */
	b->names = names_new(b->prefix, 0, b->count);
	batch_mark(b, "begin");
	for (uint64_t i = 0; i < b->passes; i++) {
		char id[24], destruction[64];
		size_t size;
		char *text;
		int64_t t[4];

		snprintf(id, sizeof(id), "%" PRIu64, b->first + i);
		snprintf(
			destruction, sizeof(destruction), "{\"D\":\"%s\"}", id);
		text = creation(b, id, folders, &size);
		t[0] = clock_ns();
		send_all(b->request_fd, text, size);
		await_answer(b->answer_fd, id);
		t[1] = clock_ns();
		if (b->touch) {
			int at = open_dir(b->dir_fd, id);

			touch_inputs(b, at, folders);
			close(at);
		}
		t[2] = clock_ns();
		send_all(b->request_fd, destruction, strlen(destruction));
		await_answer(b->answer_fd, id);
		t[3] = clock_ns();
		for (int k = 0; k < 3; k++)
			ns[k] += t[k + 1] - t[k];
		free(text);
	}
	batch_mark(b, "end");
	report(b, ns);
}
