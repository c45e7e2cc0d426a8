/* Handlers of operations on open files. */
#include "fuse/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef RWF_NOAPPEND
#define RWF_NOAPPEND 0x00000020 /* Linux 6.9 */
#endif

uint64_t kfuse_data_stamp(const struct stat *st)
{
	uint64_t stamp = (uint64_t)st->st_size;

	stamp = (stamp ^ (uint64_t)st->st_mtim.tv_sec) * 0x9e3779b97f4a7c15u;
	stamp = (stamp ^ (uint64_t)st->st_mtim.tv_nsec) * 0xbf58476d1ce4e5b9u;
	stamp = (stamp ^ (uint64_t)st->st_ctim.tv_sec) * 0x94d049bb133111ebu;
	stamp ^= (uint64_t)st->st_ctim.tv_nsec;
	return stamp ? stamp : 1;
}

static bool is_on_one_of(int fd, const uint32_t *types, size_t n, bool unknown)
{
	struct statfs st;

	if (fstatfs(fd, &st) < 0)
		return unknown;
	for (size_t i = 0; i < n; i++)
		if ((uint32_t)st.f_type == types[i])
			return true;
	return false;
}

/* File systems that say only at close(2) that a write has failed. */
static bool tells_at_close(int fd)
{
	static const uint32_t types[] = {
		0x6969,     /* NFS */
		0x517b,     /* SMB */
		0xff534d42, /* CIFS */
		0xfe534d42, /* SMB2 */
		0x65735546, /* FUSE */
		0x5346414f, /* AFS */
		0x01021997, /* 9P */
		0x00c36400, /* Ceph */
	};

	return is_on_one_of(fd, types, sizeof(types) / sizeof(*types), true);
}

/* File systems whose files are made up when read: their size says nothing. */
static bool is_made_up(int fd, const struct stat *st)
{
	static const uint32_t types[] = {
		0x9fa0,     /* proc */
		0x62656572, /* sysfs */
		0x64626720, /* debugfs */
		0x74726163, /* tracefs */
		0x27e0eb,   /* cgroup */
		0x63677270, /* cgroup2 */
		0x73636673, /* securityfs */
	};

	/* Files with anything stored needn't be looked at any closer. */
	if (st->st_blocks)
		return false;
	return is_on_one_of(fd, types, sizeof(types) / sizeof(*types), false);
}

/*
 * A write by somebody without CAP_FSETID takes set-user-id bits away. The
 * kernel asks us to (KILLPRIV_V2) but with passthrough there is no request to
 * ask in: such rare files are written through us.
 */
static bool writes_kill_priv(
	const struct kfuse_request *req, int flags, mode_t mode)
{
	if ((flags & O_ACCMODE) == O_RDONLY || req->in.uid == 0)
		return false;
	return mode & S_ISUID ||
	       (mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);
}

int kfuse_open_reply(struct kfuse_request *req, struct kfuse_inode *inode,
	int fd, int flags, const struct stat *st, struct kfuse_open_out *out)
{
	struct kfuse_session *session = req->session;
	bool writes = (flags & O_ACCMODE) != O_RDONLY;
	struct kfuse_handle *handle;
	uint64_t stamp, old;
	int32_t backing;

	*out = (struct kfuse_open_out){ 0 };
	handle = kfuse_handle_new(session, inode, fd, flags);
	if (!handle)
		return -ENFILE;
	out->fh = slot_id(&handle->slot);

	stamp = kfuse_data_stamp(st);
	old = atomic_exchange(&inode->data_stamp, stamp);
	backing = kfuse_inode_backing(session, inode);
	if (backing) {
		out->open_flags = KFUSE_FOPEN_PASSTHROUGH;
		out->backing_id = backing;
		if (writes_kill_priv(req, flags, st->st_mode))
			out->open_flags |= FOPEN_DIRECT_IO;
		if (!writes || !tells_at_close(fd))
			out->open_flags |= FOPEN_NOFLUSH;
	} else {
		if (is_made_up(fd, st))
			out->open_flags |= FOPEN_DIRECT_IO;
		else if (old == stamp)
			out->open_flags |= FOPEN_KEEP_CACHE;
		/* FLUSH makes the kernel write out what was changed by
		 * mmap(2), so that the host sees it after close(2). */
		if (!writes)
			out->open_flags |= FOPEN_NOFLUSH;
	}
	/* Changed on the host since: the size that the kernel has is old. */
	if (old && old != stamp)
		kfuse_notify_inode(
			session, kfuse_inode_id(session, inode), false);
	return 0;
}

int kfuse_op_open(struct kfuse_request *req)
{
	const struct fuse_open_in *in = req->arg;
	struct kfuse_inode *inode = req->inode;
	struct node *node = inode->node;
	struct kfuse_open_out out;
	int flags = (int)in->flags;
	struct stat st;
	int fd = -1, r;

	if (node_is_dir(node))
		return -EISDIR;
	if (flags & O_TRUNC || (flags & O_ACCMODE) != O_RDONLY ||
		!req->session->features.passthrough) {
		fd = node_open(
			node, flags, in->open_flags & FUSE_OPEN_KILL_SUIDGID);
		if (fd < 0)
			return fd;
	}
	r = node_stat(node, &st);
	/*
	 * Deleted on the host while the kernel still has its name: it is to
	 * look again, which it does after ESTALE. Unless it comes back with
	 * the same inode: then somebody opens it through /proc/PID/fd.
	 */
	if (!r && st.st_nlink == 0 && !atomic_load(&inode->n_open) &&
		kfuse_tell_stale(inode))
		r = -ESTALE;
	if (!r && fd < 0 && !kfuse_inode_backing(req->session, inode)) {
		fd = node_open(node, flags, false);
		r = fd < 0 ? fd : 0;
	}
	if (!r)
		r = kfuse_open_reply(req, inode, fd, flags, &st, &out);
	if (r) {
		if (fd >= 0)
			close(fd);
		return r;
	}
	return kfuse_answer(req, &out, sizeof(out));
}

/* The handle in a request's argument, if it is one of the request's inode. */
static struct kfuse_handle *handle_of(struct kfuse_request *req, uint64_t fh)
{
	struct kfuse_handle *handle = kfuse_handle_get(req->session, fh);

	if (!handle || handle->inode != req->inode || handle->is_dir)
		return NULL;
	return handle;
}

static int fd_of(struct kfuse_request *req, uint64_t fh)
{
	struct kfuse_handle *handle = handle_of(req, fh);

	return handle ? kfuse_handle_fd(handle) : -EBADF;
}

int kfuse_op_read(struct kfuse_request *req)
{
	const struct fuse_read_in *in = req->arg;
	int fd = fd_of(req, in->fh);
	size_t size = in->size < req->out_max ? in->size : req->out_max;
	size_t done = 0;

	if (fd < 0)
		return fd;
	/* To the kernel a short answer means the end of the file. */
	while (done < size) {
		ssize_t n = pread(fd, req->out + done, size - done,
			(off_t)(in->offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && !done)
			return -errno;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	req->out_len = done;
	return 0;
}

static ssize_t write_at(struct kfuse_handle *handle, int fd,
	const struct fuse_write_in *in, const void *data, size_t size,
	off_t offset)
{
	struct iovec iov = { .iov_base = (void *)data, .iov_len = size };
	/* Written by the page cache, or O_APPEND since taken away or set. */
	bool append =
		in->flags & O_APPEND && !(in->write_flags & FUSE_WRITE_CACHE);
	bool opened_append = handle->flags & O_APPEND;
	ssize_t n;
	int other;

	if (append == opened_append)
		return pwrite(fd, data, size, offset);
	n = pwritev2(fd, &iov, 1, offset, append ? RWF_APPEND : RWF_NOAPPEND);
	if (n >= 0 || errno != EOPNOTSUPP)
		return n;
	other = node_open(handle->node, O_WRONLY, false);
	if (other < 0) {
		errno = -other;
		return -1;
	}
	n = pwrite(other, data, size, offset);
	close(other);
	return n;
}

int kfuse_op_write(struct kfuse_request *req)
{
	const struct fuse_write_in *in = req->arg;
	struct kfuse_handle *handle = handle_of(req, in->fh);
	struct fuse_write_out out = { 0 };
	size_t done = 0;
	int fd, r = 0;

	if (!handle)
		return -EBADF;
	if (in->size > req->payload_len)
		return -EINVAL;
	fd = kfuse_handle_fd(handle);
	if (fd < 0)
		return fd;
	if (in->write_flags & FUSE_WRITE_KILL_SUIDGID)
		caller_drop_fsetid();
	while (done < in->size) {
		ssize_t n = write_at(handle, fd, in, req->payload + done,
			in->size - done, (off_t)(in->offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && !done)
			r = -errno;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	if (in->write_flags & FUSE_WRITE_KILL_SUIDGID)
		caller_take_fsetid();
	if (r)
		return r;
	node_data_changed(handle->node);
	out.size = (uint32_t)done;
	return kfuse_answer(req, &out, sizeof(out));
}

int kfuse_op_release(struct kfuse_request *req)
{
	const struct fuse_release_in *in = req->arg;
	struct kfuse_handle *handle = handle_of(req, in->fh);
	struct stat st;

	if (!handle)
		return -EBADF;
	if ((handle->flags & O_ACCMODE) != O_RDONLY) {
		/* What was written through passthrough is no change by the
		 * host: the next open needn't tell the kernel of it. */
		if (atomic_load(&req->inode->backing_id) > 0 &&
			!node_stat(handle->node, &st))
			atomic_store(
				&req->inode->data_stamp, kfuse_data_stamp(&st));
		node_data_changed(handle->node);
	}
	kfuse_handle_free(req->session, handle);
	return 0;
}

int kfuse_op_flush(struct kfuse_request *req)
{
	const struct fuse_flush_in *in = req->arg;
	struct kfuse_handle *handle = handle_of(req, in->fh);
	int fd;

	if (!handle)
		return -EBADF;
	fd = atomic_load(&handle->fd);
	if (fd < 0 || !tells_at_close(fd))
		return 0;
	/* Closing a duplicate is what makes them tell. */
	fd = dup(fd);
	if (fd < 0)
		return -errno;
	return close(fd) < 0 ? -errno : 0;
}

int kfuse_op_fsync(struct kfuse_request *req)
{
	const struct fuse_fsync_in *in = req->arg;
	int fd = fd_of(req, in->fh);
	int r;

	if (fd < 0)
		return fd;
	r = in->fsync_flags & FUSE_FSYNC_FDATASYNC ? fdatasync(fd) : fsync(fd);
	return r < 0 ? -errno : 0;
}

int kfuse_op_fallocate(struct kfuse_request *req)
{
	const struct fuse_fallocate_in *in = req->arg;
	int fd = fd_of(req, in->fh);

	if (fd < 0)
		return fd;
	if (fallocate(fd, (int)in->mode, (off_t)in->offset, (off_t)in->length) <
		0)
		return -errno;
	node_data_changed(req->inode->node);
	return 0;
}

int kfuse_op_lseek(struct kfuse_request *req)
{
	const struct fuse_lseek_in *in = req->arg;
	struct fuse_lseek_out out = { 0 };
	int fd = fd_of(req, in->fh);
	off_t at;

	if (fd < 0)
		return fd;
	if (in->whence != SEEK_DATA && in->whence != SEEK_HOLE)
		return -EINVAL; /* the kernel does the others itself */
	at = lseek(fd, (off_t)in->offset, (int)in->whence);
	if (at < 0)
		return -errno;
	out.offset = (uint64_t)at;
	return kfuse_answer(req, &out, sizeof(out));
}

static ssize_t copy_range(struct kfuse_request *req)
{
	const struct fuse_copy_file_range_in *in = req->arg;
	struct kfuse_handle *to = kfuse_handle_get(req->session, in->fh_out);
	off_t from_off = (off_t)in->off_in, to_off = (off_t)in->off_out;
	int from_fd = fd_of(req, in->fh_in), to_fd;
	ssize_t n;

	if (from_fd < 0)
		return from_fd;
	if (!to || to->is_dir ||
		kfuse_inode_get(req->session, in->nodeid_out) != to->inode)
		return -EBADF;
	to_fd = kfuse_handle_fd(to);
	if (to_fd < 0)
		return to_fd;
	n = copy_file_range(from_fd, &from_off, to_fd, &to_off,
		in->len > INT32_MAX ? INT32_MAX : in->len,
		(unsigned int)in->flags);
	if (n < 0)
		return -errno;
	node_data_changed(to->node);
	return n;
}

int kfuse_op_copy_file_range(struct kfuse_request *req)
{
	struct fuse_write_out out = { 0 };
	ssize_t n = copy_range(req);

	if (n < 0)
		return (int)n;
	out.size = (uint32_t)n;
	return kfuse_answer(req, &out, sizeof(out));
}

int kfuse_op_copy_file_range_64(struct kfuse_request *req)
{
	struct kfuse_copy_file_range_out out = { 0 };
	ssize_t n = copy_range(req);

	if (n < 0)
		return (int)n;
	out.bytes_copied = (uint64_t)n;
	return kfuse_answer(req, &out, sizeof(out));
}

int kfuse_op_interrupt(struct kfuse_request *req)
{
	/* Nothing that we do waits long enough to be worth breaking off. */
	return KFUSE_NO_REPLY;
}

int kfuse_op_ioctl(struct kfuse_request *req)
{
	return -ENOTTY;
}
