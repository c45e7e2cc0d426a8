/*
 * What the doctor looks at, apart from how it is found out, so that the tests
 * can show it hosts of all kinds.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "fuse/probe.h"
#include "util/error.h"

struct doctor_host {
	/* Put before the path of every file looked at; "" for this host. */
	const char *root;
	const char *path; /* the PATH to find fusermount3 in */

	bool sys_admin;       /* we hold CAP_SYS_ADMIN */
	bool initial_userns;  /* and aren't in a user namespace */
	bool root_is_overlay; /* as that of a container often is */
	uint64_t file_limit;  /* the hard RLIMIT_NOFILE */

	int offer_error; /* 0: offer is known; else -errno, and why */
	struct kfuse_offer offer;
	struct sb_error offer_why;
	int io_uring_error; /* of making a ring: 0 or -errno */
	int userns_error;   /* of making a user namespace: 0 or -errno */
};

/* Finds out about this host. */
void doctor_look(struct doctor_host *host);

/*
 * Prints a line for each thing. Return: whether everything is there without
 * which we can't mount.
 */
bool doctor_report(const struct doctor_host *host, FILE *out);

#endif
