/*
 * One random operation of the differential test, and what it gives.
 *
 * An operation is drawn from the random numbers alone, never from what is in
 * the directory: so any part of a run can be run again by itself, which is
 * how a failing run is shrunk to a few operations.
 */
#ifndef DIFFERENTIAL_OP_H
#define DIFFERENTIAL_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define OP_SLOTS 8
#define OP_PATH  1024
#define OP_TEXT  16384
#define OP_SPAN  262144 /* files stay below about this size */

struct op_options {
	bool hardlinks; /* link() works and link counts are real */
	bool xattrs;
};

/* Both sides execute the same struct op. */
struct op {
	unsigned char kind;
	unsigned char slot, slot2;
	uint32_t flags; /* open flags, mode bits, or whatever the kind takes */
	uint32_t mode;
	uint32_t offset, offset2, length;
	uint32_t salt; /* of the bytes to write */
	char path[OP_PATH], path2[OP_PATH];
};

/* One of the two directories, and the files that are open in it. */
struct side {
	int root_fd;
	int fds[OP_SLOTS]; /* -1 when closed */
	const struct op_options *options;
};

/* What an operation gave: equal on both sides, byte for byte. */
struct outcome {
	long result; /* or -errno */
	char text[OP_TEXT];
};

/* Draws the next operation from *@state. */
void op_draw(struct op *op, uint64_t *state, const struct op_options *options);

/* Executes @op on @side. */
void op_execute(const struct op *op, struct side *side, struct outcome *out);

/* Prints @op on one line, without its end. */
void op_print(const struct op *op, FILE *out);

const char *op_name(int kind);

void side_init(
	struct side *side, int root_fd, const struct op_options *options);
/* Closes what is open, the root too. */
void side_deinit(struct side *side);

/*
 * Compares two whole trees: names, attributes, bytes, links, and that the
 * inode numbers of one tell the same files apart as those of the other.
 *
 * Return: whether they are equal; if not, @text says where not.
 */
bool trees_equal(int a_fd, int b_fd, const struct op_options *options,
	char *text, size_t size);

/*
 * Writes to @text what lstat(2) says that both sides must agree on; returns
 * 0 or -errno.
 */
int describe_node(int dir_fd, const char *name,
	const struct op_options *options, char *text, size_t size);

/* A hash of what can be read from @fd, or -errno; never moves its position. */
int64_t hash_file(int fd);

#endif
