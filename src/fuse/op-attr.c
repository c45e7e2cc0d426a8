/* Handlers of operations on attributes, extended attributes and links. */
#include "fuse/internal.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#define NSEC 1000000000u

static int answer_attr(struct kfuse_request *req)
{
	struct node *node = req->inode->node;
	uint64_t ttl_ns = kfuse_attr_ttl_ns(req->session, node);
	struct fuse_attr_out out = {
		.attr_valid = ttl_ns / NSEC,
		.attr_valid_nsec = (uint32_t)(ttl_ns % NSEC),
	};
	struct stat st;
	int r;

	r = node_stat(node, &st);
	if (r)
		return r;
	kfuse_fill_attr(&st, &out.attr);
	return kfuse_answer(req, &out, sizeof(out));
}

int kfuse_op_getattr(struct kfuse_request *req)
{
	return answer_attr(req);
}

static struct timespec set_time(
	uint32_t valid, uint32_t set, uint32_t now, uint64_t sec, uint32_t nsec)
{
	if (valid & now)
		return (struct timespec){ .tv_nsec = UTIME_NOW };
	if (valid & set)
		return (struct timespec){ .tv_sec = (time_t)sec,
			.tv_nsec = nsec };
	return (struct timespec){ .tv_nsec = UTIME_OMIT };
}

int kfuse_op_setattr(struct kfuse_request *req)
{
	const struct fuse_setattr_in *in = req->arg;
	struct kfuse_handle *handle = NULL;
	struct node_attr attr = {
		.mode = in->mode,
		.uid = in->uid,
		.gid = in->gid,
		.size = (off_t)in->size,
	};
	int fd = -1, r;

	if (in->valid & FATTR_MODE)
		attr.mask |= NODE_ATTR_MODE;
	if (in->valid & FATTR_UID)
		attr.mask |= NODE_ATTR_UID;
	if (in->valid & FATTR_GID)
		attr.mask |= NODE_ATTR_GID;
	if (in->valid & FATTR_SIZE)
		attr.mask |= NODE_ATTR_SIZE;
	if (in->valid & FATTR_KILL_SUIDGID)
		attr.mask |= NODE_ATTR_KILL_PRIV;
	if (in->valid & (FATTR_ATIME | FATTR_MTIME)) {
		attr.mask |= NODE_ATTR_TIMES;
		attr.times[0] = set_time(in->valid, FATTR_ATIME,
			FATTR_ATIME_NOW, in->atime, in->atimensec);
		attr.times[1] = set_time(in->valid, FATTR_MTIME,
			FATTR_MTIME_NOW, in->mtime, in->mtimensec);
	}
	if (in->valid & FATTR_FH && in->valid & FATTR_SIZE) {
		handle = kfuse_handle_get(req->session, in->fh);
		if (!handle || handle->node != req->inode->node)
			return -EBADF;
		fd = kfuse_handle_fd(handle);
		if (fd < 0)
			return fd;
	}
	r = node_set_attr(req->inode->node, &attr, fd);
	return r ? r : answer_attr(req);
}

int kfuse_op_readlink(struct kfuse_request *req)
{
	ssize_t n = node_readlink(req->inode->node, req->out,
		req->out_max < PATH_MAX ? req->out_max : PATH_MAX);

	if (n < 0)
		return (int)n;
	req->out_len = (size_t)n;
	return 0;
}

int kfuse_op_statfs(struct kfuse_request *req)
{
	struct fuse_statfs_out out = { 0 };
	struct statvfs st;
	int r;

	r = node_statfs(req->inode->node, &st);
	if (r)
		return r;
	out.st = (struct fuse_kstatfs){
		.blocks = st.f_blocks,
		.bfree = st.f_bfree,
		.bavail = st.f_bavail,
		.files = st.f_files,
		.ffree = st.f_ffree,
		.bsize = (uint32_t)st.f_bsize,
		.namelen = (uint32_t)st.f_namemax,
		.frsize = (uint32_t)st.f_frsize,
	};
	return kfuse_answer(req, &out, sizeof(out));
}

static struct kfuse_sx_time sx_time(struct statx_timestamp ts)
{
	return (struct kfuse_sx_time){ .tv_sec = ts.tv_sec,
		.tv_nsec = ts.tv_nsec };
}

int kfuse_op_statx(struct kfuse_request *req)
{
	const struct kfuse_statx_in *in = req->arg;
	struct node *node = req->inode->node;
	uint64_t ttl_ns = kfuse_attr_ttl_ns(req->session, node);
	struct kfuse_statx_out out = {
		.attr_valid = ttl_ns / NSEC,
		.attr_valid_nsec = (uint32_t)(ttl_ns % NSEC),
	};
	struct statx stx;
	int r;

	r = node_statx(node, in->sx_mask, &stx);
	if (r)
		return r;
	out.stat.mask = stx.stx_mask & (STATX_BASIC_STATS | STATX_BTIME);
	out.stat.blksize = stx.stx_blksize;
	out.stat.attributes = stx.stx_attributes;
	out.stat.attributes_mask = stx.stx_attributes_mask;
	out.stat.nlink = stx.stx_nlink;
	out.stat.uid = stx.stx_uid;
	out.stat.gid = stx.stx_gid;
	out.stat.mode = stx.stx_mode;
	out.stat.ino = stx.stx_ino;
	out.stat.size = stx.stx_size;
	out.stat.blocks = stx.stx_blocks;
	out.stat.atime = sx_time(stx.stx_atime);
	out.stat.btime = sx_time(stx.stx_btime);
	out.stat.ctime = sx_time(stx.stx_ctime);
	out.stat.mtime = sx_time(stx.stx_mtime);
	out.stat.rdev_major = stx.stx_rdev_major;
	out.stat.rdev_minor = stx.stx_rdev_minor;
	return kfuse_answer(req, &out, sizeof(out));
}

/* Copies the name out of the payload, whose memory the answer may take. */
static int xattr_name(struct kfuse_request *req, char name[XATTR_NAME_MAX + 1])
{
	const char *end = memchr(req->payload, '\0', req->payload_len);
	size_t len;

	if (!req->session->options.xattrs)
		return -ENOSYS; /* the kernel then doesn't ask again */
	if (!end)
		return -EINVAL;
	len = (size_t)(end - req->payload);
	if (!len || len > XATTR_NAME_MAX)
		return -ERANGE;
	memcpy(name, req->payload, len + 1);
	req->payload = end + 1;
	req->payload_len -= len + 1;
	return 0;
}

int kfuse_op_setxattr(struct kfuse_request *req)
{
	const struct fuse_setxattr_in *in = req->arg;
	char name[XATTR_NAME_MAX + 1];
	int r;

	r = xattr_name(req, name);
	if (r)
		return r;
	if (in->size > req->payload_len)
		return -EINVAL;
	if (req->session->features.setxattr_ext &&
		in->setxattr_flags & FUSE_SETXATTR_ACL_KILL_SGID)
		caller_drop_fsetid();
	r = node_setxattr(
		req->inode->node, name, req->payload, in->size, (int)in->flags);
	if (req->session->features.setxattr_ext &&
		in->setxattr_flags & FUSE_SETXATTR_ACL_KILL_SGID)
		caller_take_fsetid();
	return r;
}

static int answer_xattr(struct kfuse_request *req, ssize_t n, bool size_only)
{
	struct fuse_getxattr_out out = { 0 };

	if (n < 0)
		return (int)n;
	if (!size_only) {
		req->out_len = (size_t)n;
		return 0;
	}
	out.size = (uint32_t)n;
	return kfuse_answer(req, &out, sizeof(out));
}

int kfuse_op_getxattr(struct kfuse_request *req)
{
	const struct fuse_getxattr_in *in = req->arg;
	char name[XATTR_NAME_MAX + 1];
	int r;

	r = xattr_name(req, name);
	if (r)
		return r;
	if (in->size > req->out_max)
		return -ERANGE;
	return answer_xattr(req,
		node_getxattr(req->inode->node, name, req->out, in->size),
		in->size == 0);
}

int kfuse_op_listxattr(struct kfuse_request *req)
{
	const struct fuse_getxattr_in *in = req->arg;

	if (!req->session->options.xattrs)
		return -ENOSYS;
	if (in->size > req->out_max)
		return -ERANGE;
	return answer_xattr(req,
		node_listxattr(req->inode->node, req->out, in->size),
		in->size == 0);
}

int kfuse_op_removexattr(struct kfuse_request *req)
{
	char name[XATTR_NAME_MAX + 1];
	int r = xattr_name(req, name);

	return r ? r : node_removexattr(req->inode->node, name);
}
