/* What the files of the FUSE front-end share; nobody else includes this. */
#ifndef FUSE_INTERNAL_H
#define FUSE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "core/listing.h"
#include "core/node.h"
#include "core/space.h"
#include "fuse/session.h"
#include "fuse/uapi/kfuse.h"
#include "util/slots.h"

/* The highest opcode + 1 that the table knows. */
#define KFUSE_OPS 64

/*
 * The most data in one message. A ring's buffers have this size before INIT
 * tells what is used of it; untouched pages cost nothing.
 */
#define KFUSE_MAX_WRITE 524288

/*
 * An inode: a node that the kernel knows by a nodeid, held by one reference
 * for all of the kernel's lookups. (The root has none in the table.)
 */
struct kfuse_inode {
	struct slot slot;
	struct node *node;
	uint64_t n_lookup; /* under the session's inode lock of the node */
	_Atomic int32_t backing_id;  /* 0 not tried, -1 can't, else its id */
	_Atomic uint32_t n_requests; /* served; wraps around */
	_Atomic uint32_t n_open;
	_Atomic bool told_stale;
	_Atomic uint64_t looked_up_ns; /* when last; CLOCK_MONOTONIC_COARSE */
	/* Of the listing that the kernel may have cached; see OPENDIR. */
	_Atomic uint64_t listing_stamp;
	/* Of the data that the kernel may have cached; see OPEN. */
	_Atomic uint64_t data_stamp;
};

/* An open file or directory. */
struct kfuse_handle {
	struct slot slot;
	struct node *node;         /* a reference of its own */
	struct kfuse_inode *inode; /* NULL for the root; kernel keeps it */
	pthread_mutex_t lock;
	_Atomic int fd; /* opened when first needed; -1 until then */
	int flags;      /* access mode and O_APPEND as opened */
	bool is_dir;
	bool has_listing;
	struct listing listing;
};

struct kfuse_counters {
	_Atomic uint64_t requests[KFUSE_OPS];
	_Atomic uint64_t errors[KFUSE_OPS];
	_Atomic uint64_t unknown;
};

/* What INIT settled. */
struct kfuse_features {
	uint32_t minor;
	bool uring;
	bool passthrough;
	bool setxattr_ext;
	bool supp_group;
	uint32_t max_write;
	uint32_t max_stack_depth;
};

struct kfuse_session {
	struct space *space;
	struct kfuse_options options;
	struct kfuse_features features;
	int fd; /* /dev/fuse */
	int end_fd;
	int result; /* of the session once ended */
	_Atomic bool ended;
	_Atomic bool stopping;
	char description[160];

	struct slots inodes;
	struct slots handles;
	pthread_mutex_t inode_locks[64];
	struct kfuse_inode *root;     /* outside the table */
	_Atomic uint32_t most_inodes; /* in use since memory was trimmed */

	/* Data of read-only siblings to drop, for the thread that may wait. */
	struct kfuse_notifier *notifier;

	struct kfuse_worker *workers;
	unsigned int n_workers;
	unsigned int n_queues; /* uring */
};

struct kfuse_request;

/* How a reply reaches the kernel: one implementation per transport. */
struct kfuse_transport_ops {
	const char *name;
	/* Sends the reply of a request: error is 0 or -errno. */
	void (*reply)(struct kfuse_request *req, int error);
};

/*
 * One thread that serves requests. The buffers are its own, so that serving
 * one allocates nothing.
 */
struct kfuse_worker {
	struct kfuse_session *session;
	const struct kfuse_transport_ops *ops;
	pthread_t thread;
	bool started;
	_Atomic bool done;
	unsigned int number;
	int fd; /* dev: the descriptor read from */
	char *in;
	size_t in_size;
	char *out;
	size_t out_size;
	void *ring; /* uring: see uring.c */
	struct kfuse_counters counters;
};

/*
 * A request as a handler sees it, whatever transport brought it.
 *
 * @out may be the memory that @payload lies in (uring): a handler reads all
 * of the payload before it writes the first byte of its answer.
 */
struct kfuse_request {
	struct kfuse_worker *worker;
	struct kfuse_session *session;
	struct kfuse_in_header in;
	const void *arg;     /* the operation's argument, zero-extended */
	const char *payload; /* names and data behind it */
	size_t payload_len;
	const char *ext;
	size_t ext_len;
	char *out;
	size_t out_max;
	size_t out_len;
	void *transport;           /* the transport's own */
	struct kfuse_inode *inode; /* of in.nodeid, NULL if it has none */
};

/* A handler's answer when nothing is to be sent. */
#define KFUSE_NO_REPLY 1

enum kfuse_op_flags {
	KFUSE_OP_NAME = 1 << 0,      /* the payload begins with a name */
	KFUSE_OP_TWO_NAMES = 1 << 1, /* and a second one */
	KFUSE_OP_NO_NODE = 1 << 2,   /* nodeid means nothing */
	KFUSE_OP_NO_REPLY = 1 << 3,
	KFUSE_OP_HANDLE = 1 << 4, /* the argument begins with a handle */
};

struct kfuse_op {
	const char *name;
	uint16_t arg_size; /* of the argument in protocol 7.45 */
	uint16_t arg_min;  /* that may come from an older kernel */
	unsigned int flags;
	/* Return: 0 with req->out_len set, -errno, or KFUSE_NO_REPLY. */
	int (*handler)(struct kfuse_request *req);
};

extern const struct kfuse_op kfuse_ops[KFUSE_OPS];

/* dispatch.c */

/*
 * Takes apart a message of /dev/fuse, header and all, and serves it. @size is
 * how much was read.
 */
void kfuse_dispatch_message(
	struct kfuse_worker *worker, const char *message, size_t size);

/* Serves a request whose in, arg, payload and out are set; replies. */
void kfuse_dispatch(struct kfuse_request *req);

/* Cuts the next terminated name off the payload. */
int kfuse_request_name(
	struct kfuse_request *req, const char **name, size_t *len);

/* Copies an answer to req->out. */
int kfuse_answer(struct kfuse_request *req, const void *out, size_t len);

void kfuse_trace_request(const struct kfuse_request *req);
void kfuse_trace_reply(const struct kfuse_request *req, int error);

/* inode.c */
struct kfuse_inode *kfuse_inode_get(
	struct kfuse_session *session, uint64_t nodeid);
/* Takes over the reference to @node; counts one lookup. NULL: no memory. */
struct kfuse_inode *kfuse_inode_publish(
	struct kfuse_session *session, struct node *node);
void kfuse_inode_forget(
	struct kfuse_session *session, uint64_t nodeid, uint64_t n_lookup);
uint64_t kfuse_inode_id(
	struct kfuse_session *session, const struct kfuse_inode *inode);
/* The nodeid of @node, or 0 if the kernel doesn't know it. */
uint64_t kfuse_node_id(struct kfuse_session *session, struct node *node);
void kfuse_inodes_drop(struct kfuse_session *session);
/*
 * Around all that is done to an inode for one request. The kernel orders
 * requests that depend on each other (the RELEASE of a handle comes after its
 * READs, the last FORGET of an inode after all) but our threads learn of that
 * only through it; this tells the language, and whoever checks by its rules.
 */
static inline void kfuse_inode_begin(struct kfuse_inode *inode)
{
	atomic_load_explicit(&inode->n_requests, memory_order_acquire);
}

static inline void kfuse_inode_end(struct kfuse_inode *inode)
{
	atomic_fetch_add_explicit(&inode->n_requests, 1, memory_order_release);
}

/* Registered with the kernel for passthrough: its id, or 0 if it can't be. */
int32_t kfuse_inode_backing(
	struct kfuse_session *session, struct kfuse_inode *inode);

/* handle.c */
struct kfuse_handle *kfuse_handle_new(struct kfuse_session *session,
	struct kfuse_inode *inode, int fd, int flags);
struct kfuse_handle *kfuse_handle_get(
	struct kfuse_session *session, uint64_t fh);
void kfuse_handle_free(
	struct kfuse_session *session, struct kfuse_handle *handle);
/* The host's descriptor, borrowed, opened if need be; or -errno. */
int kfuse_handle_fd(struct kfuse_handle *handle);
void kfuse_handles_drop(struct kfuse_session *session);

/* The handlers, by file. */
int kfuse_op_lookup(struct kfuse_request *req);
int kfuse_op_forget(struct kfuse_request *req);
int kfuse_op_batch_forget(struct kfuse_request *req);
int kfuse_op_symlink(struct kfuse_request *req);
int kfuse_op_mknod(struct kfuse_request *req);
int kfuse_op_mkdir(struct kfuse_request *req);
int kfuse_op_unlink(struct kfuse_request *req);
int kfuse_op_rmdir(struct kfuse_request *req);
int kfuse_op_rename(struct kfuse_request *req);
int kfuse_op_rename2(struct kfuse_request *req);
int kfuse_op_link(struct kfuse_request *req);
int kfuse_op_create(struct kfuse_request *req);
int kfuse_op_tmpfile(struct kfuse_request *req);

int kfuse_op_getattr(struct kfuse_request *req);
int kfuse_op_setattr(struct kfuse_request *req);
int kfuse_op_readlink(struct kfuse_request *req);
int kfuse_op_statfs(struct kfuse_request *req);
int kfuse_op_statx(struct kfuse_request *req);
int kfuse_op_setxattr(struct kfuse_request *req);
int kfuse_op_getxattr(struct kfuse_request *req);
int kfuse_op_listxattr(struct kfuse_request *req);
int kfuse_op_removexattr(struct kfuse_request *req);

int kfuse_op_open(struct kfuse_request *req);
int kfuse_op_read(struct kfuse_request *req);
int kfuse_op_write(struct kfuse_request *req);
int kfuse_op_release(struct kfuse_request *req);
int kfuse_op_flush(struct kfuse_request *req);
int kfuse_op_fsync(struct kfuse_request *req);
int kfuse_op_fallocate(struct kfuse_request *req);
int kfuse_op_lseek(struct kfuse_request *req);
int kfuse_op_copy_file_range(struct kfuse_request *req);
int kfuse_op_copy_file_range_64(struct kfuse_request *req);

int kfuse_op_opendir(struct kfuse_request *req);
int kfuse_op_readdir(struct kfuse_request *req);
int kfuse_op_readdirplus(struct kfuse_request *req);
int kfuse_op_releasedir(struct kfuse_request *req);
int kfuse_op_fsyncdir(struct kfuse_request *req);

int kfuse_op_interrupt(struct kfuse_request *req);
int kfuse_op_ioctl(struct kfuse_request *req);

/* Shared by the handlers. */
/*
 * Turns a found node into an entry: publishes it (the reference passes) and
 * fills @out.
 */
int kfuse_fill_entry(struct kfuse_session *session, struct node_found *found,
	struct fuse_entry_out *out, struct kfuse_inode **inodep);
void kfuse_fill_attr(const struct stat *st, struct fuse_attr *attr);
/* Seconds and nanoseconds for which attributes of @node stay valid. */
uint64_t kfuse_attr_ttl_ns(
	struct kfuse_session *session, const struct node *node);
void kfuse_request_caller(
	struct kfuse_request *req, uint32_t umask, struct caller *caller);
uint64_t kfuse_data_stamp(const struct stat *st);
/*
 * Whether to send the kernel back to look an inode's name up again because
 * the host has something else there now: once, and not when it has only just
 * done so (it doesn't try a third time).
 */
bool kfuse_tell_stale(struct kfuse_inode *inode);
/*
 * Makes a handle for an open file and says how the kernel is to treat it.
 * Takes ownership of @fd on success (-1: open it when needed).
 */
int kfuse_open_reply(struct kfuse_request *req, struct kfuse_inode *inode,
	int fd, int flags, const struct stat *st, struct kfuse_open_out *out);

/* init.c */
/* Reads and answers INIT on session->fd. */
int kfuse_init(
	struct kfuse_session *session, bool can_uring, struct sb_error *err);

/* dev.c, uring.c: workers. */
extern const struct kfuse_transport_ops kfuse_dev_ops;
extern const struct kfuse_transport_ops kfuse_uring_ops;
int kfuse_dev_worker_init(struct kfuse_worker *worker, bool clone);
void kfuse_dev_worker_deinit(struct kfuse_worker *worker);
void *kfuse_dev_worker_run(void *arg);
/* May be called before INIT is answered: only then is it known what to do. */
int kfuse_uring_worker_init(
	struct kfuse_worker *worker, uint32_t payload, struct sb_error *err);
void kfuse_uring_worker_deinit(struct kfuse_worker *worker);
void *kfuse_uring_worker_run(void *arg);
unsigned int kfuse_uring_cpus_possible(void);
unsigned int kfuse_uring_cpus_usable(void);

/* session.c */
void kfuse_session_end(struct kfuse_session *session, int result);

/* notify.c */
int kfuse_notify_entry(struct kfuse_session *session, uint64_t parent,
	const char *name, size_t len);
/* @with_data: the pages too; never from a thread that serves requests. */
int kfuse_notify_inode(
	struct kfuse_session *session, uint64_t nodeid, bool with_data);
extern const struct space_events kfuse_events;
/* Wakes the notifier when descriptors run short; cheap. */
void kfuse_notifier_check(struct kfuse_session *session);
/* Gives memory back to the system when most inodes have gone; cheap. */
void kfuse_notifier_check_memory(struct kfuse_session *session);
/* Has the kernel asked to let go of unused files, soon, elsewhere. */
void kfuse_notifier_reclaim(struct kfuse_session *session);
int kfuse_notifier_start(struct kfuse_session *session);
void kfuse_notifier_stop(struct kfuse_session *session);

#endif
