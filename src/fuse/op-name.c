/* Handlers of operations on names: lookup, make, remove, rename. */
#include "fuse/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define NSEC 1000000000u

/* Out of descriptors: how long to wait for the kernel to give some back. */
#define RECLAIM_TRIES    20
#define RECLAIM_PAUSE_US 5000

void kfuse_fill_attr(const struct stat *st, struct fuse_attr *attr)
{
	*attr = (struct fuse_attr){
		.ino = st->st_ino,
		.size = (uint64_t)st->st_size,
		.blocks = (uint64_t)st->st_blocks,
		.atime = (uint64_t)st->st_atim.tv_sec,
		.mtime = (uint64_t)st->st_mtim.tv_sec,
		.ctime = (uint64_t)st->st_ctim.tv_sec,
		.atimensec = (uint32_t)st->st_atim.tv_nsec,
		.mtimensec = (uint32_t)st->st_mtim.tv_nsec,
		.ctimensec = (uint32_t)st->st_ctim.tv_nsec,
		.mode = st->st_mode,
		.nlink = (uint32_t)st->st_nlink,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.rdev = (uint32_t)st->st_rdev,
		.blksize = (uint32_t)st->st_blksize,
	};
}

uint64_t kfuse_attr_ttl_ns(
	struct kfuse_session *session, const struct node *node)
{
	/* A file that can change through its writable sibling: ask always. */
	if (!node_is_dir(node) && !node->writable &&
		atomic_load_explicit(
			&node->leaf.has_sibling, memory_order_relaxed))
		return 0;
	return session->options.ttl_ns;
}

int kfuse_fill_entry(struct kfuse_session *session, struct node_found *found,
	struct fuse_entry_out *out, struct kfuse_inode **inodep)
{
	uint64_t attr_ttl_ns = kfuse_attr_ttl_ns(session, found->node);
	struct kfuse_inode *inode = kfuse_inode_publish(session, found->node);

	if (!inode)
		return -ENOMEM;
	*out = (struct fuse_entry_out){
		.nodeid = kfuse_inode_id(session, inode),
		.entry_valid = session->options.ttl_ns / NSEC,
		.entry_valid_nsec = (uint32_t)(session->options.ttl_ns % NSEC),
		.attr_valid = attr_ttl_ns / NSEC,
		.attr_valid_nsec = (uint32_t)(attr_ttl_ns % NSEC),
	};
	kfuse_fill_attr(&found->st, &out->attr);
	if (inodep)
		*inodep = inode;
	return 0;
}

static int answer_entry(struct kfuse_request *req, struct node_found *found)
{
	struct fuse_entry_out out;
	int r = kfuse_fill_entry(req->session, found, &out, NULL);

	return r ? r : kfuse_answer(req, &out, sizeof(out));
}

/* How long the kernel may believe that a name isn't there. */
static uint64_t absent_ttl_ns(
	struct kfuse_session *session, enum node_origin origin)
{
	switch (origin) {
	case NODE_ORIGIN_DECLARED:
		/* Nobody but we can add it, and we say so when we do. */
		return session->options.ttl_ns;
	case NODE_ORIGIN_READ_ONLY:
		return session->options.negative_ttl_ns;
	case NODE_ORIGIN_WRITABLE:
		/* The host's side may add names to a place made for writing
		 * at any time, and 0.2 showed them at once. */
		return 0;
	}
	return 0;
}

int kfuse_op_lookup(struct kfuse_request *req)
{
	struct fuse_entry_out out = { 0 };
	struct node_found found;
	const char *name;
	uint64_t ttl_ns;
	size_t len;
	int r;

	r = kfuse_request_name(req, &name, &len);
	if (r)
		return r;
	r = node_lookup(req->inode->node, name, len, &found);
	for (int i = 0; i < RECLAIM_TRIES && (r == -EMFILE || r == -ENFILE);
		i++) {
		/* Others' FORGETs come on other threads meanwhile. */
		kfuse_notifier_reclaim(req->session);
		usleep(RECLAIM_PAUSE_US);
		r = node_lookup(req->inode->node, name, len, &found);
	}
	if (!r)
		return answer_entry(req, &found);
	if (r != -ENOENT)
		return r;
	ttl_ns = absent_ttl_ns(req->session, found.origin);
	if (!ttl_ns)
		return r;
	out.entry_valid = ttl_ns / NSEC; /* nodeid 0: not there */
	out.entry_valid_nsec = (uint32_t)(ttl_ns % NSEC);
	return kfuse_answer(req, &out, sizeof(out));
}

int kfuse_op_forget(struct kfuse_request *req)
{
	const struct fuse_forget_in *in = req->arg;

	kfuse_inode_forget(req->session, req->in.nodeid, in->nlookup);
	return KFUSE_NO_REPLY;
}

int kfuse_op_batch_forget(struct kfuse_request *req)
{
	const struct fuse_batch_forget_in *in = req->arg;
	struct fuse_forget_one one;

	for (uint32_t i = 0; i < in->count; i++) {
		if (((size_t)i + 1) * sizeof(one) > req->payload_len)
			break;
		memcpy(&one, req->payload + i * sizeof(one), sizeof(one));
		kfuse_inode_forget(req->session, one.nodeid, one.nlookup);
	}
	return KFUSE_NO_REPLY;
}

/* The caller's group that is the parent folder's, when the kernel says so. */
static void find_group(struct kfuse_request *req, struct caller *caller)
{
	const char *p = req->ext;
	size_t left = req->ext_len;
	struct kfuse_ext_header header;

	while (left >= sizeof(header)) {
		memcpy(&header, p, sizeof(header));
		if (header.size < sizeof(header) || header.size > left)
			return;
		if (header.type == KFUSE_EXT_GROUPS &&
			header.size >= sizeof(header) + 2 * sizeof(uint32_t)) {
			uint32_t groups[2];

			memcpy(groups, p + sizeof(header), sizeof(groups));
			if (groups[0] == 1) {
				caller->in_group = true;
				caller->group = groups[1];
			}
		}
		p += header.size;
		left -= header.size;
	}
}

void kfuse_request_caller(
	struct kfuse_request *req, uint32_t umask, struct caller *caller)
{
	*caller = (struct caller){
		.uid = req->in.uid,
		.gid = req->in.gid,
		.umask = umask & 0777,
	};
	find_group(req, caller);
}

int kfuse_op_symlink(struct kfuse_request *req)
{
	struct node_found found;
	struct caller caller;
	const char *name, *target;
	size_t len;
	int r;

	r = kfuse_request_name(req, &name, &len);
	if (r)
		return r;
	target = req->payload;
	if (!memchr(target, '\0', req->payload_len))
		return -EINVAL;
	kfuse_request_caller(req, 0, &caller);
	r = node_symlink(req->inode->node, name, len, target, &caller, &found);
	return r ? r : answer_entry(req, &found);
}

int kfuse_op_mknod(struct kfuse_request *req)
{
	const struct fuse_mknod_in *in = req->arg;
	struct node_found found;
	struct caller caller;
	const char *name;
	size_t len;
	int r;

	r = kfuse_request_name(req, &name, &len);
	if (r)
		return r;
	kfuse_request_caller(req, in->umask, &caller);
	/* The kernel's "new" encoding is that of a small user-space dev_t. */
	r = node_mknod(req->inode->node, name, len, in->mode, in->rdev, &caller,
		&found);
	return r ? r : answer_entry(req, &found);
}

int kfuse_op_mkdir(struct kfuse_request *req)
{
	const struct fuse_mkdir_in *in = req->arg;
	struct node_found found;
	struct caller caller;
	const char *name;
	size_t len;
	int r;

	r = kfuse_request_name(req, &name, &len);
	if (r)
		return r;
	kfuse_request_caller(req, in->umask, &caller);
	r = node_mkdir(req->inode->node, name, len, in->mode, &caller, &found);
	return r ? r : answer_entry(req, &found);
}

int kfuse_op_unlink(struct kfuse_request *req)
{
	const char *name;
	size_t len;
	int r = kfuse_request_name(req, &name, &len);

	return r ? r : node_unlink(req->inode->node, name, len);
}

int kfuse_op_rmdir(struct kfuse_request *req)
{
	const char *name;
	size_t len;
	int r = kfuse_request_name(req, &name, &len);

	return r ? r : node_rmdir(req->inode->node, name, len);
}

static int rename_to(
	struct kfuse_request *req, uint64_t to_id, unsigned int flags)
{
	struct kfuse_inode *to = kfuse_inode_get(req->session, to_id);
	const char *name, *to_name;
	size_t len, to_len;
	int r;

	if (!to)
		return -ESTALE;
	r = kfuse_request_name(req, &name, &len);
	if (!r)
		r = kfuse_request_name(req, &to_name, &to_len);
	if (r)
		return r;
	return node_rename(
		req->inode->node, name, len, to->node, to_name, to_len, flags);
}

int kfuse_op_rename(struct kfuse_request *req)
{
	const struct fuse_rename_in *in = req->arg;

	return rename_to(req, in->newdir, 0);
}

int kfuse_op_rename2(struct kfuse_request *req)
{
	const struct fuse_rename2_in *in = req->arg;

	return rename_to(req, in->newdir, in->flags);
}

int kfuse_op_link(struct kfuse_request *req)
{
	const struct fuse_link_in *in = req->arg;
	struct kfuse_inode *old;
	struct node_found found;
	const char *name;
	size_t len;
	int r;

	old = kfuse_inode_get(req->session, in->oldnodeid);
	if (!old)
		return -ESTALE;
	r = kfuse_request_name(req, &name, &len);
	if (r)
		return r;
	r = node_link(old->node, req->inode->node, name, len, &found);
	return r ? r : answer_entry(req, &found);
}

/* The answer of CREATE and TMPFILE: an entry and an open file. */
static int answer_created(
	struct kfuse_request *req, struct node_found *found, int fd, int flags)
{
	struct {
		struct fuse_entry_out entry;
		struct kfuse_open_out open;
	} out;
	struct kfuse_inode *inode;
	int r;

	r = kfuse_fill_entry(req->session, found, &out.entry, &inode);
	if (!r) {
		r = kfuse_open_reply(
			req, inode, fd, flags, &found->st, &out.open);
		kfuse_inode_end(inode);
		if (r)
			kfuse_inode_forget(req->session, out.entry.nodeid, 1);
	}
	if (r) {
		close(fd);
		return r;
	}
	return kfuse_answer(req, &out, sizeof(out));
}

int kfuse_op_create(struct kfuse_request *req)
{
	const struct fuse_create_in *in = req->arg;
	struct node_found found;
	struct caller caller;
	const char *name;
	int fd = -1, r;
	size_t len;

	r = kfuse_request_name(req, &name, &len);
	if (r)
		return r;
	kfuse_request_caller(req, in->umask, &caller);
	r = node_create(req->inode->node, name, len, (int)in->flags, in->mode,
		&caller, &found, &fd);
	return r ? r : answer_created(req, &found, fd, (int)in->flags);
}

int kfuse_op_tmpfile(struct kfuse_request *req)
{
	const struct fuse_create_in *in = req->arg;
	struct node_found found;
	struct caller caller;
	int fd = -1, r;

	kfuse_request_caller(req, in->umask, &caller);
	r = node_tmpfile(req->inode->node, (int)in->flags, in->mode, &caller,
		&found, &fd);
	return r ? r : answer_created(req, &found, fd, (int)in->flags);
}
