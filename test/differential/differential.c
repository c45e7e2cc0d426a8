/*
 * The differential test: the same random operations on a directory in a view
 * and on a plain directory must give the same, every time.
 *
 *	differential [--seed N] [--ops N] [--hardlinks] [--xattrs] VIEW PLAIN
 *
 * Prints the seed first. On a difference it prints the operation and both
 * outcomes, then shrinks the run: it looks for a short list of operations
 * that, from an empty directory, still ends in a difference, and prints that.
 *
 * Exit: 0 if there was no difference, 1 if there was, 2 if it couldn't run.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "kinds.h"
#include "op.h"

#define CHECK_EVERY 2000 /* operations between comparisons of the trees */
#define SHRINK_S    60

struct difference {
	size_t at; /* the operation */
	struct outcome a, b;
	char trees[4096]; /* set instead of outcomes */
};

struct test {
	const char *view, *plain;
	struct op_options options;
	unsigned int runs;
	unsigned long drawn[OP_KIND_COUNT], succeeded[OP_KIND_COUNT];
};

static int remove_one(
	const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

/* Modes drawn at random may keep us out of what we made. */
static int open_up(
	const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	if (type == FTW_D || type == FTW_DNR)
		chmod(path, 0700);
	return 0;
}

static void remove_tree(const char *path)
{
	/* Unreadable directories open up one level at a time. */
	for (int i = 0; i < 4; i++)
		nftw(path, open_up, 16, FTW_PHYS);
	nftw(path, remove_one, 16, FTW_PHYS | FTW_DEPTH);
}

static int new_dir(const char *base, unsigned int run, char *path, size_t size)
{
	int fd;

	snprintf(path, size, "%s/run-%u", base, run);
	if (mkdir(path, 0755))
		err(2, "mkdir %s", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		err(2, "open %s", path);
	return fd;
}

/*
 * Runs the operations from two empty directories.
 *
 * Return: whether all went alike; if not, *@d says what didn't.
 */
static bool run(struct test *test, const struct op *ops, size_t n,
	size_t check_every, struct difference *d)
{
	char a_path[4096], b_path[4096];
	struct side a, b;
	bool equal = true;
	unsigned int number = test->runs++;

	side_init(&a, new_dir(test->view, number, a_path, sizeof(a_path)),
		&test->options);
	side_init(&b, new_dir(test->plain, number, b_path, sizeof(b_path)),
		&test->options);
	umask(022);
	d->trees[0] = '\0';
	for (size_t i = 0; equal && i < n; i++) {
		d->at = i;
		op_execute(&ops[i], &a, &d->a);
		op_execute(&ops[i], &b, &d->b);
		test->drawn[ops[i].kind]++;
		test->succeeded[ops[i].kind] += d->b.result >= 0;
		if (d->a.result != d->b.result ||
			strcmp(d->a.text, d->b.text)) {
			equal = false;
		} else if ((i + 1) % check_every == 0 || i + 1 == n) {
			equal = trees_equal(a.root_fd, b.root_fd,
				&test->options, d->trees, sizeof(d->trees));
		}
	}
	umask(022);
	side_deinit(&a);
	side_deinit(&b);
	remove_tree(a_path);
	remove_tree(b_path);
	return equal;
}

static void print_outcome(const char *name, const struct outcome *out)
{
	if (out->result < 0)
		printf("  %s: %s", name, strerror((int)-out->result));
	else
		printf("  %s: %ld", name, out->result);
	printf("%s%s\n", out->text[0] ? ", " : "", out->text);
}

static void print_difference(const struct difference *d, const struct op *ops)
{
	printf("difference at operation %zu: ", d->at);
	op_print(&ops[d->at], stdout);
	printf("\n");
	if (d->trees[0]) {
		printf("  the trees (view | plain): %s\n", d->trees);
	} else {
		print_outcome("view ", &d->a);
		print_outcome("plain", &d->b);
	}
}

/* So that a test that does nothing shows. */
static void print_counts(const struct test *test)
{
	unsigned long all = 0;

	for (int i = 0; i < OP_KIND_COUNT; i++) {
		if (test->drawn[i])
			printf("  %-18s %7lu, %3lu %% succeeded\n", op_name(i),
				test->drawn[i],
				test->succeeded[i] * 100 / test->drawn[i]);
		all += test->succeeded[i];
	}
	printf("%lu succeeded\n", all);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* How often to compare the trees while shrinking: that is what takes long. */
static size_t rarely(size_t n)
{
	return n / 16 + 1;
}

/*
 * Leaves in ops[0..*@np) fewer operations that still differ at their end:
 * first the shortest tail that does, then without every part that isn't
 * needed, halving the parts.
 */
static void shrink(
	struct test *test, struct op *ops, size_t *np, struct difference *d)
{
	struct difference *trial = malloc(sizeof(*trial));
	struct op *fewer = calloc(*np, sizeof(*fewer));
	double end = now_s() + SHRINK_S;
	size_t n = *np;

	if (!trial || !fewer)
		err(2, "memory");
	for (size_t tail = 16; tail < n && now_s() < end; tail *= 2) {
		if (!run(test, ops + n - tail, tail, rarely(tail), trial)) {
			memmove(ops, ops + n - tail, tail * sizeof(*ops));
			n = trial->at + 1;
			*d = *trial;
			break;
		}
	}
	for (size_t part = n / 2; part && now_s() < end;) {
		bool removed = false;

		for (size_t at = 0; at < n && now_s() < end;) {
			size_t left = at + part < n ? n - at - part : 0;

			memcpy(fewer, ops, at * sizeof(*ops));
			memcpy(fewer + at, ops + n - left, left * sizeof(*ops));
			if (at + left && !run(test, fewer, at + left,
						 rarely(at + left), trial)) {
				n = trial->at + 1;
				memcpy(ops, fewer, n * sizeof(*ops));
				*d = *trial;
				removed = true;
			} else {
				at += part;
			}
		}
		if (!removed || part > n / 2)
			part /= 2;
	}
	*np = n;
	free(fewer);
	free(trial);
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "ops", required_argument, NULL, 'n' },
		{ "hardlinks", no_argument, NULL, 'l' },
		{ "xattrs", no_argument, NULL, 'x' },
		{ NULL, 0, NULL, 0 },
	};
	struct test test = { .runs = 0 };
	struct difference *d = malloc(sizeof(*d));
	uint64_t seed = (uint64_t)time(NULL) * 1000003u ^ (uint64_t)getpid();
	uint64_t state;
	size_t n = 100000;
	struct op *ops;
	bool equal;
	int c;

	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (c) {
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			n = strtoull(optarg, NULL, 0);
			break;
		case 'l':
			test.options.hardlinks = true;
			break;
		case 'x':
			test.options.xattrs = true;
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 2 || !n)
		errx(2, "usage: differential [--seed N] [--ops N] "
			"[--hardlinks] [--xattrs] VIEW PLAIN");
	test.view = argv[optind];
	test.plain = argv[optind + 1];
	ops = calloc(n, sizeof(*ops));
	if (!ops || !d)
		err(2, "memory");
	signal(SIGPIPE, SIG_IGN); /* of pipes made at random */
	printf("seed %llu, %zu operations\n", (unsigned long long)seed, n);
	fflush(stdout);
	state = seed;
	for (size_t i = 0; i < n; i++)
		op_draw(&ops[i], &state, &test.options);

	equal = run(&test, ops, n, CHECK_EVERY, d);
	print_counts(&test);
	if (!equal) {
		print_difference(d, ops);
		fflush(stdout);
		n = d->at + 1;
		shrink(&test, ops, &n, d);
		printf("shrunk to %zu operations, the last:\n", n);
		/* Where it depends on time nothing may be found. */
		for (size_t i = n > 100 ? n - 100 : 0; i < n; i++) {
			printf("%4zu ", i);
			op_print(&ops[i], stdout);
			printf("\n");
		}
		print_difference(d, ops);
	}
	free(ops);
	free(d);
	return equal ? 0 : 1;
}
