/* What this kernel's FUSE offers. */
#ifndef FUSE_PROBE_H
#define FUSE_PROBE_H

#include <stdbool.h>

#include "util/error.h"

/* The part of the kernel's INIT that people ask about. */
struct kfuse_offer {
	unsigned int major, minor;
	bool uring;
	bool passthrough;
};

/*
 * Mounts a file system for a moment in a child process, in a mount namespace
 * of its own (and a user namespace, where needed), so that nobody sees it and
 * nothing can be left behind. Call with one thread running.
 *
 * Return: 0, or -errno with @err set if that isn't allowed here.
 */
int kfuse_probe(struct kfuse_offer *offer, struct sb_error *err);

/*
 * Whether a new user namespace can be made (in a child process).
 * Return: 0 or -errno.
 */
int kfuse_probe_user_namespace(void);

#endif
