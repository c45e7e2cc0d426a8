/*
 * Open files and directories.
 *
 * With passthrough the kernel reads and writes the host's file by itself, so
 * a file that is only read needs no descriptor of ours at all; one is opened
 * when an operation comes that the kernel doesn't pass through.
 */
#include "fuse/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct kfuse_handle *kfuse_handle_new(struct kfuse_session *session,
	struct kfuse_inode *inode, int fd, int flags)
{
	struct kfuse_handle *handle = slots_take(&session->handles);

	if (!handle)
		return NULL;
	handle->inode = inode;
	handle->node = node_ref(inode->node);
	handle->is_dir = node_is_dir(inode->node);
	handle->flags = flags & (O_ACCMODE | O_APPEND);
	handle->has_listing = false;
	pthread_mutex_init(&handle->lock, NULL);
	atomic_store(&handle->fd, fd);
	atomic_fetch_add(&inode->n_open, 1);
	slots_publish(&session->handles, handle);
	return handle;
}

struct kfuse_handle *kfuse_handle_get(
	struct kfuse_session *session, uint64_t fh)
{
	return slots_get(&session->handles, fh);
}

void kfuse_handle_free(
	struct kfuse_session *session, struct kfuse_handle *handle)
{
	int fd = atomic_load(&handle->fd);

	if (fd >= 0)
		close(fd);
	if (handle->has_listing)
		listing_deinit(&handle->listing);
	pthread_mutex_destroy(&handle->lock);
	atomic_fetch_sub(&handle->inode->n_open, 1);
	node_unref(handle->node);
	slots_put(&session->handles, handle);
}

int kfuse_handle_fd(struct kfuse_handle *handle)
{
	int fd = atomic_load_explicit(&handle->fd, memory_order_acquire);

	if (fd >= 0)
		return fd;
	pthread_mutex_lock(&handle->lock);
	fd = atomic_load(&handle->fd);
	if (fd < 0) {
		if (handle->is_dir)
			fd = -EISDIR;
		else
			fd = node_open(handle->node, handle->flags, false);
		if (fd >= 0)
			atomic_store_explicit(
				&handle->fd, fd, memory_order_release);
	}
	pthread_mutex_unlock(&handle->lock);
	return fd;
}

void kfuse_handles_drop(struct kfuse_session *session)
{
	for (uint32_t i = 2; i < session->handles.n_made; i++) {
		struct kfuse_handle *handle = slots_at(&session->handles, i);

		if (handle)
			kfuse_handle_free(session, handle);
	}
}
