/*
 * One FUSE connection: a space served to the kernel over one /dev/fuse fd.
 *
 * The session owns its threads: one that reads /dev/fuse (INIT, FORGET,
 * INTERRUPT and, with the dev transport, everything), and the transport's own
 * (one per CPU for uring, a few cloned readers for dev). It ends by itself
 * when the file system is unmounted or the connection is aborted.
 */
#ifndef FUSE_SESSION_H
#define FUSE_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "util/error.h"

struct space;
struct kfuse_session;

enum kfuse_transport {
	KFUSE_TRANSPORT_AUTO, /* uring where the kernel offers it, else dev */
	KFUSE_TRANSPORT_URING,
	KFUSE_TRANSPORT_DEV,
};

struct kfuse_options {
	enum kfuse_transport transport;
	bool passthrough; /* where the kernel lets us */
	bool xattrs;
	bool debug;               /* print each request and reply */
	uint64_t ttl_ns;          /* how long the kernel keeps names and
				     attributes */
	uint64_t negative_ttl_ns; /* the same for absent names of read-only
				     host directories */
};

/*
 * Takes ownership of @fuse_fd (an open, mounted /dev/fuse fd) on success.
 * The space must outlive the session.
 */
int kfuse_session_new(struct kfuse_session **sessionp, struct space *space,
	const struct kfuse_options *options, int fuse_fd, struct sb_error *err);

/*
 * Starts the threads and returns once the kernel's INIT has been answered.
 * Block signals first: the threads inherit the mask. An explicit transport
 * that this host doesn't offer is an error here.
 */
int kfuse_session_start(struct kfuse_session *session, struct sb_error *err);

/* An fd that polls readable once the session has ended; owned by it. */
int kfuse_session_end_fd(struct kfuse_session *session);

/*
 * Aborts the connection (every user of the mount gets an error from now on,
 * nothing waits for us any more) unless it has ended, and joins all threads.
 *
 * Return: 0 if the file system was unmounted, -errno if the session failed.
 */
int kfuse_session_stop(struct kfuse_session *session);

/* Stops if need be; frees. Returns NULL. */
struct kfuse_session *kfuse_session_free(struct kfuse_session *session);

/*
 * One line on what is really in use, valid after kfuse_session_start():
 * "protocol=7.45 transport=uring queues=2 passthrough=yes ...".
 */
const char *kfuse_session_describe(const struct kfuse_session *session);

/* Prints the counters per operation and per transport to @out. */
void kfuse_session_print_counters(struct kfuse_session *session, FILE *out);

#endif
