/* What sandboxfs can be asked to do: one file per command. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

struct parent;

/* Exit statuses, as in 0.2. */
enum {
	STATUS_OK = 0,
	STATUS_ERROR = 1,
	STATUS_USAGE = 2,
};

/*
 * Each takes the name it was called by for its messages, and the words behind
 * it. Return: the exit status.
 */

/* sandboxfs [options] MOUNT_POINT, for all that isn't another command. */
int classic_main(const char *program, int argc, char *const argv[],
	const struct parent *parent);

/* sandboxfs doctor */
int doctor_main(const char *program, int argc, char *const argv[]);

#endif
