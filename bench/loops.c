/*
 * The measured loops of bench/run: one batch of one measurement.
 *
 *   bench-loops OPERATION [OPTION]... DIR [COMMAND...]
 *
 * Prints a line "PART OPS NS MOVES" for each part of the batch that was timed:
 * nanoseconds of CLOCK_MONOTONIC for the whole part, and how often the process
 * was moved to another CPU meanwhile, or -1 if the kernel doesn't tell. A move
 * means a wake-up on another CPU, which is what requests cost most by.
 *
 * With --marks it prints "begin" before the timed part and "end" after it and
 * waits for a line on standard input each time, so that the runner can read
 * the kernel's counters for exactly what was timed. Those batches are for
 * counting; their times are not used.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>

#include "batch.h"

static const struct operation {
	const char *name;
	void (*run)(struct batch *b);
} operations[] = {
	{ "make-files", do_make_files },
	{ "make-links", do_make_links },
	{ "remove", do_remove },
	{ "stat", do_stat },
	{ "absent", do_absent },
	{ "open", do_open },
	{ "read", do_read },
	{ "list", do_list },
	{ "list-stat", do_list_stat },
	{ "create", do_create },
	{ "pwrite", do_pwrite },
	{ "stream-read", do_stream_read },
	{ "stream-write", do_stream_write },
	{ "exec", do_exec },
	{ "make-inputs", do_make_inputs },
	{ "forest", do_forest },
	{ "sandbox", do_sandbox },
};

void fail(int errnum, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "bench-loops: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	if (errnum)
		fprintf(stderr, ": %s", strerror(errnum));
	fputc('\n', stderr);
	exit(1);
}

void *must_alloc(void *p)
{
	if (!p)
		fail(ENOMEM, "memory");
	return p;
}

int64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

void batch_mark(struct batch *b, const char *what)
{
	char line[16];

	if (!b->marks)
		return;
	puts(what);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		fail(0, "the runner is gone");
}

static int moves_open(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_MIGRATIONS,
	};

	return (int)syscall(
		SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static int64_t moves(const struct batch *b)
{
	int64_t n;

	if (b->moves_fd < 0 || read(b->moves_fd, &n, sizeof(n)) != sizeof(n))
		return -1;
	return n;
}

void batch_begin(struct batch *b)
{
	batch_mark(b, "begin");
	b->moved = moves(b);
	b->began = clock_ns();
}

void batch_report(const char *what, uint64_t ops, int64_t ns, int64_t moved)
{
	printf("%s %llu %lld %lld\n", what, (unsigned long long)ops,
		(long long)ns, (long long)moved);
}

void batch_end(struct batch *b, const char *what, uint64_t ops)
{
	int64_t ns = clock_ns() - b->began;
	int64_t moved = moves(b);

	batch_mark(b, "end");
	batch_report(what, ops, ns, moved < 0 ? -1 : moved - b->moved);
}

char **names_new(const char *prefix, uint64_t first, uint64_t count)
{
	char **names = must_alloc(calloc(count + 1, sizeof(*names)));

	for (uint64_t i = 0; i < count; i++) {
		if (asprintf(&names[i], "%s%06" PRIu64, prefix, first + i) < 0)
			fail(ENOMEM, "names");
	}
	return names;
}

static void pin(uint64_t cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail(errno, "CPU %llu", (unsigned long long)cpu);
}

static uint64_t number(const char *option, const char *text)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-')
		fail(0, "--%s: %s is not a number", option, text);
	return n;
}

static const struct option options[] = {
	{ "first", required_argument, NULL, 'f' },
	{ "count", required_argument, NULL, 'c' },
	{ "passes", required_argument, NULL, 'p' },
	{ "size", required_argument, NULL, 's' },
	{ "chunk", required_argument, NULL, 'k' },
	{ "prefix", required_argument, NULL, 'n' },
	{ "to", required_argument, NULL, 't' },
	{ "pin", required_argument, NULL, 'P' },
	{ "request-fd", required_argument, NULL, 'r' },
	{ "answer-fd", required_argument, NULL, 'a' },
	{ "warm", no_argument, NULL, 'w' },
	{ "full-path", no_argument, NULL, 'F' },
	{ "drop", no_argument, NULL, 'd' },
	{ "touch", no_argument, NULL, 'T' },
	{ "marks", no_argument, NULL, 'm' },
	{ NULL },
};

static void parse(struct batch *b, int argc, char **argv)
{
	int c, index;

	/* "+": the command has options of its own. */
	while ((c = getopt_long(argc, argv, "+", options, &index)) != -1) {
		const char *name = c == '?' ? "" : options[index].name;

		switch (c) {
		case 'f':
			b->first = number(name, optarg);
			break;
		case 'c':
			b->count = number(name, optarg);
			break;
		case 'p':
			b->passes = number(name, optarg);
			break;
		case 's':
			b->size = number(name, optarg);
			break;
		case 'k':
			b->chunk = number(name, optarg);
			break;
		case 'n':
			b->prefix = optarg;
			break;
		case 't':
			b->to = optarg;
			break;
		case 'P':
			pin(number(name, optarg));
			break;
		case 'r':
			b->request_fd = (int)number(name, optarg);
			break;
		case 'a':
			b->answer_fd = (int)number(name, optarg);
			break;
		case 'w':
			b->warm = true;
			break;
		case 'F':
			b->full_path = true;
			break;
		case 'd':
			b->drop = true;
			break;
		case 'T':
			b->touch = true;
			break;
		case 'm':
			b->marks = true;
			break;
		default:
			exit(2);
		}
	}
	if (!b->count || !b->passes || !b->chunk)
		fail(0, "--count, --passes and --chunk can't be 0");
}

static void use_full_paths(struct batch *b)
{
	for (uint64_t i = 0; i < b->count; i++) {
		char *name = b->names[i];

		if (asprintf(&b->names[i], "%s/%s", b->dir, name) < 0)
			fail(ENOMEM, "names");
		free(name);
	}
	close(b->dir_fd);
	b->dir_fd = AT_FDCWD;
}

int main(int argc, char **argv)
{
	struct batch b = {
		.prefix = "f",
		.count = 1,
		.passes = 1,
		.size = 8192,
		.chunk = 131072,
		.request_fd = -1,
		.answer_fd = -1,
	};
	const struct operation *op = NULL;

	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
		if (argc > 1 && strcmp(argv[1], operations[i].name) == 0)
			op = &operations[i];
	}
	if (!op)
		fail(0, "usage: bench-loops OPERATION [OPTION]... DIR");
	parse(&b, argc - 1, argv + 1);
	optind++;
	if (optind >= argc)
		fail(0, "%s: no directory given", op->name);
	b.dir = argv[optind];
	b.argv = argv + optind + 1;
	b.dir_fd = open(b.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b.dir_fd < 0)
		fail(errno, "%s", b.dir);
	b.moves_fd = moves_open();
	b.names = names_new(b.prefix, b.first, b.count);
	if (b.full_path)
		use_full_paths(&b);
	op->run(&b);
	return fflush(stdout) ? 1 : 0;
}
