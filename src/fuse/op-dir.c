/* Handlers of operations on open directories. */
#include "fuse/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int kfuse_op_opendir(struct kfuse_request *req)
{
	struct kfuse_inode *inode = req->inode;
	struct kfuse_open_out out = { .open_flags = FOPEN_CACHE_DIR };
	struct kfuse_handle *handle;
	uint64_t stamp;
	int fd = -1;

	if (!node_is_dir(inode->node))
		return -ENOTDIR;
	/* Another directory stands at its path on the host: look again. */
	if (!atomic_load(&inode->told_stale) && !node_is_current(inode->node) &&
		kfuse_tell_stale(inode))
		return -ESTALE;
	/* Now, not when it is read: the right to may be gone by then. */
	if (atomic_load(&inode->node->fd) >= 0) {
		fd = node_open_dir(inode->node);
		if (fd < 0)
			return fd;
	}
	handle = kfuse_handle_new(req->session, inode, fd, O_RDONLY);
	if (!handle) {
		if (fd >= 0)
			close(fd);
		return -ENFILE;
	}
	stamp = listing_stamp(inode->node);
	if (stamp && stamp == atomic_load(&inode->listing_stamp))
		out.open_flags |= FOPEN_KEEP_CACHE;
	out.fh = slot_id(&handle->slot);
	return kfuse_answer(req, &out, sizeof(out));
}

static struct kfuse_handle *dir_handle(struct kfuse_request *req, uint64_t fh)
{
	struct kfuse_handle *handle = kfuse_handle_get(req->session, fh);

	if (!handle || handle->inode != req->inode || !handle->is_dir)
		return NULL;
	return handle;
}

/* Called with the handle's lock held. */
static int take_listing(struct kfuse_handle *handle)
{
	uint64_t stamp = listing_stamp(handle->node);
	struct listing listing;
	int r;

	r = listing_init(&listing, handle->node, atomic_load(&handle->fd));
	if (r)
		return r;
	if (handle->has_listing)
		listing_deinit(&handle->listing);
	handle->listing = listing;
	handle->has_listing = true;
	atomic_store(&handle->inode->listing_stamp, stamp);
	return 0;
}

static bool is_dot(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* Writes one plain entry at @out. */
static void put_dirent(char *out, const struct listing_item *item,
	const char *name, uint64_t offset)
{
	struct fuse_dirent dirent = {
		.ino = item->ino,
		.off = offset,
		.namelen = item->name_len,
		.type = item->type,
	};
	size_t size = FUSE_NAME_OFFSET + (size_t)item->name_len;

	memcpy(out, &dirent, FUSE_NAME_OFFSET);
	memcpy(out + FUSE_NAME_OFFSET, name, item->name_len);
	memset(out + size, 0, FUSE_DIRENT_ALIGN(size) - size);
}

/*
 * The entry that goes before a plain one in READDIRPLUS. A name that can't be
 * looked up (gone since, or no more descriptors) gets one without an inode,
 * and the kernel asks for it by itself when it wants to.
 */
static void put_entry(struct kfuse_request *req, char *out,
	struct listing_item *item, const char *name)
{
	struct fuse_entry_out entry = { 0 };
	struct node_found found;

	if (!is_dot(name) &&
		!node_lookup(req->inode->node, name, item->name_len, &found)) {
		item->ino = found.st.st_ino;
		item->type = (unsigned char)IFTODT(found.st.st_mode);
		if (kfuse_fill_entry(req->session, &found, &entry, NULL))
			entry = (struct fuse_entry_out){ 0 };
	}
	memcpy(out, &entry, sizeof(entry));
}

static int read_dir(struct kfuse_request *req, bool plus)
{
	const struct fuse_read_in *in = req->arg;
	struct kfuse_handle *handle = dir_handle(req, in->fh);
	size_t max = in->size < req->out_max ? in->size : req->out_max;
	size_t at = 0, head = plus ? sizeof(struct fuse_entry_out) : 0;
	struct listing *listing;
	int r = 0;

	if (!handle)
		return -EBADF;
	pthread_mutex_lock(&handle->lock);
	if (in->offset == 0 || !handle->has_listing)
		r = take_listing(handle);
	listing = &handle->listing;
	/* Offsets are positions in the listing, counted from one. */
	for (uint64_t i = in->offset; !r && i < listing->n; i++) {
		struct listing_item item = listing->items[i];
		const char *name = listing->names + item.name;
		size_t size = head + FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET +
						       (size_t)item.name_len);

		if (at + size > max)
			break;
		if (plus)
			put_entry(req, req->out + at, &item, name);
		put_dirent(req->out + at + head, &item, name, i + 1);
		at += size;
	}
	pthread_mutex_unlock(&handle->lock);
	if (r)
		return r;
	req->out_len = at;
	return 0;
}

int kfuse_op_readdir(struct kfuse_request *req)
{
	return read_dir(req, false);
}

int kfuse_op_readdirplus(struct kfuse_request *req)
{
	return read_dir(req, true);
}

int kfuse_op_releasedir(struct kfuse_request *req)
{
	const struct fuse_release_in *in = req->arg;
	struct kfuse_handle *handle = dir_handle(req, in->fh);

	if (!handle)
		return -EBADF;
	kfuse_handle_free(req->session, handle);
	return 0;
}

int kfuse_op_fsyncdir(struct kfuse_request *req)
{
	const struct fuse_fsync_in *in = req->arg;
	struct kfuse_handle *handle = dir_handle(req, in->fh);
	int fd, r;

	if (!handle)
		return -EBADF;
	fd = atomic_load(&handle->fd);
	if (fd < 0)
		return 0; /* a scaffold is on no disk */
	r = in->fsync_flags & FUSE_FSYNC_FDATASYNC ? fdatasync(fd) : fsync(fd);
	return r < 0 ? -errno : 0;
}
