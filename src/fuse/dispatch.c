/*
 * From bytes to handlers and back.
 *
 * One table describes every operation: its name, the size of its argument,
 * whether names follow, and its handler. Decoding, checking, tracing and
 * counting all come from it. A handler returns 0 or -errno, and the reply is
 * sent here, exactly once.
 *
 * The kernel is trusted with when it asks (it keeps an inode alive while a
 * request on it is under way) but not with what: sizes, names, nodeids and
 * handles are all checked, and a request that doesn't hold gets an error of
 * its own while the session lives on.
 */
#include "fuse/internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/log.h"

#define OP(opcode, op_name, arg, op_flags, op_handler)                         \
	[opcode] = { .name = op_name,                                          \
		.arg_size = arg,                                               \
		.arg_min = arg,                                                \
		.flags = op_flags,                                             \
		.handler = op_handler }

const struct kfuse_op kfuse_ops[KFUSE_OPS] = {
	OP(FUSE_LOOKUP, "LOOKUP", 0, KFUSE_OP_NAME, kfuse_op_lookup),
	OP(FUSE_FORGET, "FORGET", sizeof(struct fuse_forget_in),
		KFUSE_OP_NO_NODE | KFUSE_OP_NO_REPLY, kfuse_op_forget),
	OP(FUSE_GETATTR, "GETATTR", sizeof(struct fuse_getattr_in), 0,
		kfuse_op_getattr),
	OP(FUSE_SETATTR, "SETATTR", sizeof(struct fuse_setattr_in), 0,
		kfuse_op_setattr),
	OP(FUSE_READLINK, "READLINK", 0, 0, kfuse_op_readlink),
	OP(FUSE_SYMLINK, "SYMLINK", 0, KFUSE_OP_NAME | KFUSE_OP_TWO_NAMES,
		kfuse_op_symlink),
	OP(FUSE_MKNOD, "MKNOD", sizeof(struct fuse_mknod_in), KFUSE_OP_NAME,
		kfuse_op_mknod),
	OP(FUSE_MKDIR, "MKDIR", sizeof(struct fuse_mkdir_in), KFUSE_OP_NAME,
		kfuse_op_mkdir),
	OP(FUSE_UNLINK, "UNLINK", 0, KFUSE_OP_NAME, kfuse_op_unlink),
	OP(FUSE_RMDIR, "RMDIR", 0, KFUSE_OP_NAME, kfuse_op_rmdir),
	OP(FUSE_RENAME, "RENAME", sizeof(struct fuse_rename_in),
		KFUSE_OP_NAME | KFUSE_OP_TWO_NAMES, kfuse_op_rename),
	OP(FUSE_LINK, "LINK", sizeof(struct fuse_link_in), KFUSE_OP_NAME,
		kfuse_op_link),
	OP(FUSE_OPEN, "OPEN", sizeof(struct fuse_open_in), 0, kfuse_op_open),
	OP(FUSE_READ, "READ", sizeof(struct fuse_read_in), KFUSE_OP_HANDLE,
		kfuse_op_read),
	OP(FUSE_WRITE, "WRITE", sizeof(struct fuse_write_in), KFUSE_OP_HANDLE,
		kfuse_op_write),
	OP(FUSE_STATFS, "STATFS", 0, 0, kfuse_op_statfs),
	OP(FUSE_RELEASE, "RELEASE", sizeof(struct fuse_release_in),
		KFUSE_OP_HANDLE, kfuse_op_release),
	OP(FUSE_FSYNC, "FSYNC", sizeof(struct fuse_fsync_in), KFUSE_OP_HANDLE,
		kfuse_op_fsync),
	OP(FUSE_SETXATTR, "SETXATTR", sizeof(struct fuse_setxattr_in),
		KFUSE_OP_NAME, kfuse_op_setxattr),
	OP(FUSE_GETXATTR, "GETXATTR", sizeof(struct fuse_getxattr_in),
		KFUSE_OP_NAME, kfuse_op_getxattr),
	OP(FUSE_LISTXATTR, "LISTXATTR", sizeof(struct fuse_getxattr_in), 0,
		kfuse_op_listxattr),
	OP(FUSE_REMOVEXATTR, "REMOVEXATTR", 0, KFUSE_OP_NAME,
		kfuse_op_removexattr),
	OP(FUSE_FLUSH, "FLUSH", sizeof(struct fuse_flush_in), KFUSE_OP_HANDLE,
		kfuse_op_flush),
	OP(FUSE_OPENDIR, "OPENDIR", sizeof(struct fuse_open_in), 0,
		kfuse_op_opendir),
	OP(FUSE_READDIR, "READDIR", sizeof(struct fuse_read_in),
		KFUSE_OP_HANDLE, kfuse_op_readdir),
	OP(FUSE_RELEASEDIR, "RELEASEDIR", sizeof(struct fuse_release_in),
		KFUSE_OP_HANDLE, kfuse_op_releasedir),
	OP(FUSE_FSYNCDIR, "FSYNCDIR", sizeof(struct fuse_fsync_in),
		KFUSE_OP_HANDLE, kfuse_op_fsyncdir),
	OP(FUSE_CREATE, "CREATE", sizeof(struct fuse_create_in), KFUSE_OP_NAME,
		kfuse_op_create),
	OP(FUSE_INTERRUPT, "INTERRUPT", sizeof(struct fuse_interrupt_in),
		KFUSE_OP_NO_NODE | KFUSE_OP_NO_REPLY, kfuse_op_interrupt),
	OP(FUSE_IOCTL, "IOCTL", sizeof(struct fuse_ioctl_in), KFUSE_OP_HANDLE,
		kfuse_op_ioctl),
	OP(FUSE_BATCH_FORGET, "BATCH_FORGET",
		sizeof(struct fuse_batch_forget_in),
		KFUSE_OP_NO_NODE | KFUSE_OP_NO_REPLY, kfuse_op_batch_forget),
	OP(FUSE_FALLOCATE, "FALLOCATE", sizeof(struct fuse_fallocate_in),
		KFUSE_OP_HANDLE, kfuse_op_fallocate),
	OP(FUSE_READDIRPLUS, "READDIRPLUS", sizeof(struct fuse_read_in),
		KFUSE_OP_HANDLE, kfuse_op_readdirplus),
	OP(FUSE_RENAME2, "RENAME2", sizeof(struct fuse_rename2_in),
		KFUSE_OP_NAME | KFUSE_OP_TWO_NAMES, kfuse_op_rename2),
	OP(FUSE_LSEEK, "LSEEK", sizeof(struct fuse_lseek_in), KFUSE_OP_HANDLE,
		kfuse_op_lseek),
	OP(FUSE_COPY_FILE_RANGE, "COPY_FILE_RANGE",
		sizeof(struct fuse_copy_file_range_in), KFUSE_OP_HANDLE,
		kfuse_op_copy_file_range),
	OP(FUSE_TMPFILE, "TMPFILE", sizeof(struct fuse_create_in), 0,
		kfuse_op_tmpfile),
	OP(KFUSE_STATX, "STATX", sizeof(struct kfuse_statx_in), 0,
		kfuse_op_statx),
	OP(KFUSE_COPY_FILE_RANGE_64, "COPY_FILE_RANGE_64",
		sizeof(struct fuse_copy_file_range_in), KFUSE_OP_HANDLE,
		kfuse_op_copy_file_range_64),
};

/* Before SETXATTR_EXT was agreed on, its argument is half as long. */
#define SETXATTR_SHORT 8

/* Arguments are small; the largest are SETATTR's and IOCTL's. */
#define ARG_MAX_SIZE 128

static const struct kfuse_op *find_op(uint32_t opcode)
{
	if (opcode >= KFUSE_OPS || !kfuse_ops[opcode].handler)
		return NULL;
	return &kfuse_ops[opcode];
}

static size_t arg_size(const struct kfuse_session *session, uint32_t opcode)
{
	if (opcode == FUSE_SETXATTR && !session->features.setxattr_ext)
		return SETXATTR_SHORT;
	return kfuse_ops[opcode].arg_size;
}

static void finish(struct kfuse_request *req, int error)
{
	const struct kfuse_op *op = find_op(req->in.opcode);

	if (error && error != KFUSE_NO_REPLY && op)
		atomic_fetch_add_explicit(
			&req->worker->counters.errors[req->in.opcode], 1,
			memory_order_relaxed);
	if (req->session->options.debug)
		kfuse_trace_reply(req, error);
	if (error == KFUSE_NO_REPLY || (op && op->flags & KFUSE_OP_NO_REPLY))
		return;
	if (error)
		req->out_len = 0;
	req->worker->ops->reply(req, error);
}

void kfuse_dispatch(struct kfuse_request *req)
{
	struct kfuse_session *session = req->session;
	const struct kfuse_op *op = find_op(req->in.opcode);
	int r;

	req->out_len = 0;
	req->inode = NULL;
	if (!op) {
		atomic_fetch_add_explicit(&req->worker->counters.unknown, 1,
			memory_order_relaxed);
		if (session->options.debug)
			kfuse_trace_request(req);
		finish(req, -ENOSYS);
		return;
	}
	atomic_fetch_add_explicit(
		&req->worker->counters.requests[req->in.opcode], 1,
		memory_order_relaxed);
	if (session->options.debug)
		kfuse_trace_request(req);
	if (!(op->flags & KFUSE_OP_NO_NODE)) {
		req->inode = kfuse_inode_get(session, req->in.nodeid);
		if (!req->inode) {
			log_debug("%s: unknown nodeid %#lx", op->name,
				(unsigned long)req->in.nodeid);
			finish(req, -ESTALE);
			return;
		}
	}
	if (req->inode)
		kfuse_inode_begin(req->inode);
	r = op->handler(req);
	if (req->inode)
		kfuse_inode_end(req->inode);
	finish(req, r);
}

void kfuse_dispatch_message(
	struct kfuse_worker *worker, const char *message, size_t size)
{
	struct kfuse_request req = {
		.worker = worker,
		.session = worker->session,
		.out = worker->out,
		.out_max = worker->out_size,
	};
	uint64_t arg[ARG_MAX_SIZE / 8] = { 0 };
	const struct kfuse_op *op;
	size_t ext, need = 0;

	if (size < sizeof(req.in)) {
		log_error("the kernel sent a request of %zu bytes, less than "
			  "a header: dropped",
			size);
		return;
	}
	memcpy(&req.in, message, sizeof(req.in));
	message += sizeof(req.in);
	if (req.in.len != size) {
		log_error("the kernel sent a request of %zu bytes that says "
			  "it has %u",
			size, req.in.len);
		goto bad;
	}
	size -= sizeof(req.in);
	ext = (size_t)req.in.total_extlen * 8;
	if (ext > size)
		goto bad;
	size -= ext;
	req.ext = message + size;
	req.ext_len = ext;

	op = find_op(req.in.opcode);
	if (op) {
		need = arg_size(worker->session, req.in.opcode);
		if (size < need)
			goto bad;
		memcpy(arg, message, need);
	}
	req.arg = arg;
	req.payload = message + need;
	req.payload_len = size - need;
	kfuse_dispatch(&req);
	return;
bad:
	log_debug("malformed request: opcode %u, %u bytes", req.in.opcode,
		req.in.len);
	finish(&req, -EINVAL);
}

int kfuse_request_name(
	struct kfuse_request *req, const char **name, size_t *len)
{
	const char *end = memchr(req->payload, '\0', req->payload_len);

	if (!end || end == req->payload)
		return -EINVAL;
	*name = req->payload;
	*len = (size_t)(end - req->payload);
	if (memchr(*name, '/', *len) || !strcmp(*name, ".") ||
		!strcmp(*name, ".."))
		return -EINVAL;
	req->payload = end + 1;
	req->payload_len -= *len + 1;
	return 0;
}

int kfuse_answer(struct kfuse_request *req, const void *out, size_t len)
{
	if (len > req->out_max)
		return -EIO;
	memcpy(req->out, out, len);
	req->out_len = len;
	return 0;
}

/* A name for people: quoted, cut, with bytes that aren't printable escaped. */
static const char *quote(char *buf, size_t size, const char *name, size_t len)
{
	size_t at = 0;

	buf[at++] = '"';
	for (size_t i = 0; i < len && at + 8 < size; i++) {
		unsigned char c = (unsigned char)name[i];

		if (c < ' ' || c == '"' || c == '\\' || c >= 0x7f)
			at += (size_t)snprintf(
				buf + at, size - at, "\\x%02x", c);
		else
			buf[at++] = (char)c;
	}
	buf[at++] = '"';
	buf[at] = '\0';
	return buf;
}

void kfuse_trace_request(const struct kfuse_request *req)
{
	const struct kfuse_op *op = find_op(req->in.opcode);
	const char *p = req->payload, *end;
	char line[1200], name[512];
	int names = 0;
	size_t at;

	if (op && op->flags & KFUSE_OP_TWO_NAMES)
		names = 2;
	else if (op && op->flags & KFUSE_OP_NAME)
		names = 1;
	at = (size_t)snprintf(line, sizeof(line),
		"%lu %s(%u) node=%#lx uid=%u pid=%u",
		(unsigned long)req->in.unique, op ? op->name : "unknown",
		req->in.opcode, (unsigned long)req->in.nodeid, req->in.uid,
		req->in.pid);
	if (op && op->flags & KFUSE_OP_HANDLE) {
		uint64_t fh;

		memcpy(&fh, req->arg, sizeof(fh));
		at += (size_t)snprintf(line + at, sizeof(line) - at, " fh=%#lx",
			(unsigned long)fh);
	}
	for (int i = 0; i < names && p < req->payload + req->payload_len; i++) {
		size_t left = (size_t)(req->payload + req->payload_len - p);

		end = memchr(p, '\0', left);
		if (!end)
			break;
		at += (size_t)snprintf(line + at, sizeof(line) - at, " %s",
			quote(name, sizeof(name), p, (size_t)(end - p)));
		p = end + 1;
	}
	log_write(LOG_DEBUG, "%s: %s", req->worker->ops->name, line);
}

void kfuse_trace_reply(const struct kfuse_request *req, int error)
{
	char text[96];
	const char *name;

	if (error == KFUSE_NO_REPLY)
		return;
	if (!error) {
		log_write(LOG_DEBUG, "%lu ok, %zu bytes",
			(unsigned long)req->in.unique, req->out_len);
		return;
	}
	name = strerrorname_np(-error);
	log_write(LOG_DEBUG, "%lu %s: %s", (unsigned long)req->in.unique,
		name ? name : "error", strerror_r(-error, text, sizeof(text)));
}
