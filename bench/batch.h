/*
 * What the loops share: the batch to do, its clock, and how they fail.
 *
 * One run of the program is one batch of one measurement. Only what lies
 * between batch_begin() and batch_end() is timed; making and removing what it
 * works on is done outside. A batch that can't be done as asked ends the
 * program with a message and status 1: there are no figures from half a batch.
 */
#ifndef BENCH_BATCH_H
#define BENCH_BATCH_H

#include <stdbool.h>
#include <stdint.h>

struct batch {
	const char *dir;    /* where to work */
	const char *to;     /* second directory: targets of links */
	const char *prefix; /* of the names */
	uint64_t first;     /* number of the first name */
	uint64_t count;     /* how many names or calls */
	uint64_t passes;    /* how often the names are gone through */
	uint64_t size;      /* of files, in bytes */
	uint64_t chunk;     /* of sequential reads and writes, in bytes */
	bool warm;          /* touch all once before the clock starts */
	bool full_path;     /* names are not relative to dir_fd */
	bool drop;          /* drop the file's pages first */
	bool touch;         /* look at each name of a sandbox */
	bool marks;         /* stop before and after, for the counters */
	int request_fd;     /* the daemon's --input, or -1 */
	int answer_fd;      /* the daemon's --output, or -1 */
	char **argv;        /* command to run, NULL-terminated */

	int dir_fd;    /* of dir */
	char **names;  /* count of them */
	int64_t began; /* ns */
	int moves_fd;  /* counts our moves between CPUs, or -1 */
	int64_t moved; /* at the beginning */
};

/* Starts the clock; @what is for the report of batch_end(). */
void batch_begin(struct batch *b);

/*
 * Stops the clock and prints "@what OPS NS MOVES". A batch may have several
 * parts, one after the other.
 */
void batch_end(struct batch *b, const char *what, uint64_t ops);

/* For parts that alternate: a clock in ns, and the report alone. */
int64_t clock_ns(void);
void batch_report(const char *what, uint64_t ops, int64_t ns, int64_t moved);

/* With --marks: says @what and waits for a line. */
void batch_mark(struct batch *b, const char *what);

/* Prints the message and errno's meaning, if @errnum isn't 0; ends. */
__attribute__((noreturn, format(printf, 2, 3))) void fail(
	int errnum, const char *fmt, ...);

void *must_alloc(void *p);

/* Allocates @count names PREFIX000000 from @first on. */
char **names_new(const char *prefix, uint64_t first, uint64_t count);

/* The measurements: files.c */
void do_make_files(struct batch *b);
void do_make_links(struct batch *b);
void do_remove(struct batch *b);
void do_stat(struct batch *b);
void do_absent(struct batch *b);
void do_open(struct batch *b);
void do_read(struct batch *b);
void do_list(struct batch *b);
void do_list_stat(struct batch *b);
void do_create(struct batch *b);
void do_pwrite(struct batch *b);
void do_stream_read(struct batch *b);
void do_stream_write(struct batch *b);
void do_exec(struct batch *b);

/* sandboxes.c */
void do_make_inputs(struct batch *b);
void do_forest(struct batch *b);
void do_sandbox(struct batch *b);

#endif
