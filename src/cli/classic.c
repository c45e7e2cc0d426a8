/*
 * The classic command line: sandboxfs [options] MOUNT_POINT.
 *
 * Everything happens in the order of 0.2, because the first error is the one
 * that is told: the values of most options, --input and --output opened (a
 * FIFO blocks there until somebody opens its other end), the rest of the
 * command line, the mappings applied, and only then mounting.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "config.h"
#include "core/space.h"
#include "daemon/daemon.h"
#include "daemon/process.h"
#include "util/error.h"
#include "util/fd.h"
#include "util/log.h"

#define NS_PER_S UINT64_C(1000000000)

static int usage_error(const char *program, const struct sb_error *err)
{
	fprintf(stderr,
		"Usage error: %s\nType %s --help for more information\n",
		err->text, program);
	return STATUS_USAGE;
}

static int runtime_error(const char *program, const struct sb_error *err)
{
	char line[sizeof(err->text) + NAME_MAX + 8];
	int n;

	n = snprintf(line, sizeof(line), "%s: %s\n", program, err->text);
	if (n > 0)
		process_write(STDERR_FILENO, line,
			(size_t)n < sizeof(line) ? (size_t)n
						 : sizeof(line) - 1);
	return STATUS_ERROR;
}

/*
 * Opens what @path names; "-" or NULL is a copy of @standard.
 * Return: an fd, or -errno with @err set.
 */
static int open_file(const char *path, int standard, int flags,
	const char *what, struct sb_error *err)
{
	bool is_standard = !path || !strcmp(path, "-");
	char text[128];
	int fd, r;

	fd = is_standard ? fcntl(standard, F_DUPFD_CLOEXEC, 3)
			 : open(path, flags | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0)
		return fd;
	r = -errno;
	sb_error_set(err, "Failed to open reconfiguration %s '%s': %s", what,
		path ? path : "-", sb_error_os(text, sizeof(text), -r));
	return r;
}

/* Takes ownership of the fds once the mappings are applied. */
static int map_and_serve(const struct options *o, int *input_fd, int *output_fd,
	const struct parent *parent, struct sb_error *err)
{
	/* For root, who may enter everything, "root" is no more than "self". */
	bool private_root = o->allow == ALLOW_ROOT && geteuid() != 0;
	struct space_options space_options = {
		.hardlinks = options_has(o, OPTION_HARDLINKS),
		.writable_scaffolds = options_has(o, OPTION_WRITABLE_SCAFFOLDS),
		.any_order = options_has(o, OPTION_ANY_ORDER),
		.lazy_targets = options_has(o, OPTION_LAZY_TARGETS),
		.private_root = private_root,
	};
	struct daemon_options daemon_options = {
		.mount_point = o->mount_point,
		.fuse = {
			.transport = o->transport,
			.passthrough = !options_has(o, OPTION_NO_PASSTHROUGH),
			.xattrs = options_has(o, OPTION_XATTRS),
			.debug = options_has(o, OPTION_DEBUG),
			.ttl_ns = o->ttl_s * NS_PER_S,
			.negative_ttl_ns = o->negative_ttl_s * NS_PER_S,
		},
		.control = {
			.protocol = o->protocol == PROTOCOL_0_1
				? CONTROL_JSON_0_1
				: CONTROL_JSON_0_2,
			.threads = o->n_threads,
		},
		.allow_other = o->allow == ALLOW_OTHER || private_root,
		.die_with_parent = options_has(o, OPTION_DIE_WITH_PARENT),
		.guard = !options_has(o, OPTION_NO_GUARD),
		.grace_s = o->grace_s,
	};
	struct space *space = NULL;
	int r;

	r = space_new(&space, &space_options);
	if (r < 0) {
		sb_error_set(err, "%s", strerror(-r));
		return r;
	}
	r = space_map(space, o->mappings, o->n_mapping_words, err);
	if (r == 0) {
		daemon_options.input_fd = fd_steal(input_fd);
		daemon_options.output_fd = fd_steal(output_fd);
		r = daemon_run(space, &daemon_options, parent, err);
	}
	space_free(space);
	return r;
}

static int run(
	const char *program, struct options *o, const struct parent *parent)
{
	_cleanup_fd_ int input_fd = -1, output_fd = -1;
	struct sb_error err = { 0 };
	int r;

	if (options_evaluate(o, &err) < 0)
		return usage_error(program, &err);
	input_fd = open_file(
		o->values[OPTION_INPUT], STDIN_FILENO, O_RDONLY, "input", &err);
	if (input_fd < 0)
		return runtime_error(program, &err);
	output_fd = open_file(o->values[OPTION_OUTPUT], STDOUT_FILENO, O_WRONLY,
		"output", &err);
	if (output_fd < 0)
		return runtime_error(program, &err);
	if (options_evaluate_rest(o, &err) < 0)
		return usage_error(program, &err);

	if (options_has(o, OPTION_NODE_CACHE))
		log_warn("--node_cache does nothing any more: nodes of "
			 "non-directories are always shared");
	if (options_has(o, OPTION_CPU_PROFILE)) {
		sb_error_set(&err, "Failed to start CPU profile: Compile-time "
				   "\"profiling\" feature not enabled");
		return runtime_error(program, &err);
	}
	if (options_has(o, OPTION_DEBUG))
		log_set_level(LOG_DEBUG);

	r = map_and_serve(o, &input_fd, &output_fd, parent, &err);
	if (r < 0) {
		sb_error_prefix(&err, "Failed to mount %s", o->mount_point);
		return runtime_error(program, &err);
	}
	return STATUS_OK;
}

int classic_main(const char *program, int argc, char *const argv[],
	const struct parent *parent)
{
	struct sb_error err = { 0 };
	struct options o;
	int status;

	if (options_parse(&o, argc, argv, &err) < 0) {
		status = usage_error(program, &err);
	} else if (options_has(&o, OPTION_HELP)) {
		options_print_help(stdout, program);
		status = fflush(stdout) == 0 ? STATUS_OK : STATUS_ERROR;
	} else if (options_has(&o, OPTION_VERSION)) {
		printf("sandboxfs %s\n", SANDBOXFS_VERSION);
		status = fflush(stdout) == 0 ? STATUS_OK : STATUS_ERROR;
	} else {
		status = run(program, &o, parent);
	}
	options_deinit(&o);
	return status;
}
