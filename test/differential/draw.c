/*
 * Draws operations and prints them.
 *
 * Paths come from a few names, nested up to three deep, so that operations
 * meet: the same name is a file, then a directory, then a link to either.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "kinds.h"
#include "op.h"

static const char *const kind_names[] = {
#define NAME(upper, lower, weight) [OP_##upper] = lower,
	OP_KINDS(NAME)
#undef NAME
};

static const unsigned int kind_weights[] = {
#define WEIGHT(upper, lower, weight) [OP_##upper] = weight,
	OP_KINDS(WEIGHT)
#undef WEIGHT
};

/* Plain names; the odd ones are drawn less often. */
static const char *const names[] = { "a", "b", "c", "d", "e", "f" };
static const char *const odd_names[] = {
	"\xff\xfe\x80", /* not UTF-8 */
	" white space\tand\nlines ", "\\\"':,{}[]", ".hidden", "..twodots",
	"LONG",     /* 255 bytes, see add_name() */
	"TOO LONG", /* 256 */
};

static uint32_t draw(uint64_t *state)
{
	/* splitmix64 */
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ (z >> 31)) >> 16);
}

#define PICK(state, array) array[draw(state) % (sizeof(array) / sizeof(*array))]

static size_t add_name(char *path, size_t at, uint64_t *state)
{
	const char *name = PICK(state, names);

	if (draw(state) % 40 == 0) {
		name = PICK(state, odd_names);
		if (!strcmp(name, "LONG") || !strcmp(name, "TOO LONG")) {
			size_t n = *name == 'L' ? 255 : 256;

			memset(path + at, 'x', n);
			path[at + n] = '\0';
			return at + n;
		}
	}
	strcpy(path + at, name);
	return at + strlen(name);
}

/* Never "..": by way of links, that would lead out of the directory. */
static void draw_path(char *path, uint64_t *state)
{
	static const unsigned char depths[] = { 1, 1, 1, 1, 2, 2, 2, 3 };
	unsigned int depth = PICK(state, depths);
	size_t at = 0;

	for (unsigned int i = 0; i < depth; i++) {
		if (i)
			path[at++] = '/';
		at = add_name(path, at, state);
	}
	switch (draw(state) % 150) {
	case 0:
		strcpy(path + at, "/");
		break;
	case 1:
		strcpy(path + at, "/.");
		break;
	case 2:
		strcpy(path, ".");
		break;
	case 3:
		path[0] = '\0';
		break;
	}
}

/* Mostly small, sometimes at the edges of pages. */
static uint32_t draw_offset(uint64_t *state)
{
	switch (draw(state) % 5) {
	case 0:
		return 0;
	case 1:
		return 4096 * (draw(state) % 16);
	case 2:
		return 4096 * (draw(state) % 16) + draw(state) % 3 - 1 +
		       (uint32_t)(draw(state) % 2) * 4096;
	case 3:
		return draw(state) % 300;
	default:
		return draw(state) % (OP_SPAN / 2);
	}
}

static uint32_t draw_open_flags(uint64_t *state)
{
	static const uint32_t access[] = { O_RDONLY, O_WRONLY, O_RDWR, O_RDWR };
	static const uint32_t more[] = { O_CREAT, O_CREAT, O_CREAT,
		O_CREAT | O_EXCL, O_TRUNC, O_APPEND, O_DIRECTORY, O_NOFOLLOW,
		O_PATH, O_CREAT | O_TRUNC, O_CREAT | O_APPEND, 0, 0 };
	uint32_t flags = PICK(state, access) | PICK(state, more);

	if (draw(state) % 8 == 0)
		flags |= PICK(state, more);
	if (draw(state) % 16 == 0)
		flags |= O_SYNC;
	return flags;
}

/* What the bits in @flags and @mode stand for depends on the kind. */
static void draw_arguments(struct op *op, uint64_t *state)
{
	static const uint32_t modes[] = { 0644, 0600, 0777, 0755, 0400, 0,
		04755, 02755, 01777, 0666, 02777 };

	op->slot = draw(state) % OP_SLOTS;
	op->slot2 = draw(state) % OP_SLOTS;
	op->flags = draw(state);
	op->mode = PICK(state, modes);
	op->offset = draw_offset(state);
	op->offset2 = draw_offset(state);
	op->length =
		draw(state) % 4 ? 1 + draw(state) % 9000 : draw(state) % 70000;
	op->salt = draw(state);
	if (op->kind == OP_OPEN || op->kind == OP_TMPFILE)
		op->flags = draw_open_flags(state);
}

void op_draw(struct op *op, uint64_t *state, const struct op_options *options)
{
	unsigned int total = 0, at;

	for (unsigned int i = 0; i < OP_KIND_COUNT; i++)
		total += kind_weights[i];
	do {
		at = draw(state) % total;
		for (op->kind = 0; at >= kind_weights[op->kind]; op->kind++)
			at -= kind_weights[op->kind];
	} while ((op->kind == OP_LINK && !options->hardlinks) ||
		 (op->kind == OP_LINK_FD && !options->hardlinks) ||
		 (op->kind >= OP_SETXATTR && !options->xattrs));
	draw_path(op->path, state);
	draw_path(op->path2, state);
	draw_arguments(op, state);
}

const char *op_name(int kind)
{
	return kind_names[kind];
}

static void print_path(const char *path, FILE *out)
{
	size_t n = strlen(path);

	fputs(" \"", out);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)path[i];

		if (n > 200 && i == 20) {
			fprintf(out, "...(%zu bytes)", n);
			break;
		}
		if (c < ' ' || c > '~')
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

void op_print(const struct op *op, FILE *out)
{
	fprintf(out, "%s", kind_names[op->kind]);
	print_path(op->path, out);
	print_path(op->path2, out);
	fprintf(out,
		" slot %u slot2 %u flags %#x mode %#o offset %u offset2 %u "
		"length %u salt %u",
		op->slot, op->slot2, op->flags, op->mode, op->offset,
		op->offset2, op->length, op->salt);
}
