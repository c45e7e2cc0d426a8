/*
 * The sandboxfs program: finds out which command is meant.
 *
 * The first word is a command only if it is exactly its name; all else is the
 * classic command line. (A mount point of that name can be given as ./doctor.)
 */
#include <string.h>

#include "cli/commands.h"
#include "daemon/parent.h"
#include "daemon/process.h"
#include "util/log.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int main(int argc, char *argv[])
{
	const char *program;
	struct parent parent;
	int status;

	parent_init(&parent);
	process_prepare();
	log_init();

	program = argc > 0 ? base_name(argv[0]) : "";
	if (!program[0])
		program = "sandboxfs";
	argv++;
	argc = argc > 0 ? argc - 1 : 0;

	if (argc > 0 && !strcmp(argv[0], "doctor"))
		status = doctor_main(program, argc - 1, argv + 1);
	else
		status = classic_main(program, argc, argv, &parent);
	parent_deinit(&parent);
	return status;
}
