/*
 * The classic command line: what its words mean, with the messages of
 * sandboxfs 0.2.
 *
 * options_parse() only sorts the words, as the getopts crate of 0.2 did, so
 * that a bad flag wins over --help, and that over --version. What the values
 * mean is then found out in two steps, before and after --input and --output
 * are opened, for that is where 0.2 opened them and the first error counts.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/space.h"
#include "fuse/session.h"
#include "util/error.h"

enum option_id {
	OPTION_ALLOW,
	OPTION_CPU_PROFILE,
	OPTION_HELP,
	OPTION_INPUT,
	OPTION_MAPPING,
	OPTION_NODE_CACHE,
	OPTION_OUTPUT,
	OPTION_RECONFIG_THREADS,
	OPTION_TTL,
	OPTION_VERSION,
	OPTION_XATTRS,
	/* Not in 0.2. */
	OPTION_ANY_ORDER,
	OPTION_DEBUG,
	OPTION_DIE_WITH_PARENT,
	OPTION_GRACE,
	OPTION_HARDLINKS,
	OPTION_LAZY_TARGETS,
	OPTION_NEGATIVE_TTL,
	OPTION_NO_GUARD,
	OPTION_NO_PASSTHROUGH,
	OPTION_PROTOCOL,
	OPTION_TRANSPORT,
	OPTION_WRITABLE_SCAFFOLDS,
	OPTION_N,
};

enum allow {
	ALLOW_SELF,
	ALLOW_ROOT,
	ALLOW_OTHER,
};

enum protocol {
	PROTOCOL_0_2,
	PROTOCOL_0_1,
};

struct options {
	/* What options_parse() finds; points into argv. */
	unsigned int n_given[OPTION_N];
	const char *values[OPTION_N]; /* NULL if not given */
	const char **mapping_words;
	size_t n_mapping_words;
	const char **operands;
	size_t n_operands;

	/* What options_evaluate() makes of it. */
	enum allow allow;
	struct mapping *mappings; /* their paths are freed with the options */
	uint32_t ttl_s;
	uint32_t negative_ttl_s;
	uint32_t grace_s;
	enum kfuse_transport transport;
	enum protocol protocol;

	/* What options_evaluate_rest() makes of it. */
	unsigned int n_threads;
	const char *mount_point;
};

static inline bool options_has(const struct options *o, enum option_id id)
{
	return o->n_given[id] > 0;
}

/*
 * Sorts @argv (without the program's name), which must outlive @o.
 * Return: 0, -EINVAL with @err set to the words of a usage error, or -ENOMEM.
 * Call options_deinit() in any case.
 */
int options_parse(
	struct options *o, int argc, char *const argv[], struct sb_error *err);

/* All values that 0.2 looks at before it opens files. Return: as above. */
int options_evaluate(struct options *o, struct sb_error *err);

/* Those it looks at afterwards: threads and the mount point. */
int options_evaluate_rest(struct options *o, struct sb_error *err);

void options_deinit(struct options *o);

/* The number of CPUs that we may use. */
unsigned int options_cpus(void);

void options_print_help(FILE *out, const char *program);

#endif
