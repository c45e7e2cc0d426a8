/*
 * The inodes that the kernel knows.
 *
 * A node's field "front" holds the index of its slot here, so that a node
 * that is found again gets the nodeid that the kernel has for it already. The
 * count of lookups, and with it the life of the slot, is guarded by one of a
 * set of locks chosen by the node.
 */
#include "fuse/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "util/log.h"

/* The kernel's name for the root. */
#define ROOT_ID FUSE_ROOT_ID

/* Within this time a lookup counts as part of the call that it led to. */
#define FRESH_NS 50000000

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

bool kfuse_tell_stale(struct kfuse_inode *inode)
{
	if (now_ns() - atomic_load(&inode->looked_up_ns) < FRESH_NS)
		return false;
	return !atomic_exchange(&inode->told_stale, true);
}

static pthread_mutex_t *lock_of(
	struct kfuse_session *session, const struct node *node)
{
	return &session->inode_locks[((uintptr_t)node >> 6) % 64];
}

struct kfuse_inode *kfuse_inode_get(
	struct kfuse_session *session, uint64_t nodeid)
{
	if (nodeid == ROOT_ID)
		return session->root;
	return slots_get(&session->inodes, nodeid);
}

uint64_t kfuse_inode_id(
	struct kfuse_session *session, const struct kfuse_inode *inode)
{
	return inode == session->root ? ROOT_ID : slot_id(&inode->slot);
}

uint64_t kfuse_node_id(struct kfuse_session *session, struct node *node)
{
	struct kfuse_inode *inode;
	uint64_t nodeid = 0;
	uint32_t front;

	if (node == session->root->node)
		return ROOT_ID;
	pthread_mutex_lock(lock_of(session, node));
	front = atomic_load(&node->front);
	if (front) {
		inode = slots_at(&session->inodes, front);
		nodeid = slot_id(&inode->slot);
	}
	pthread_mutex_unlock(lock_of(session, node));
	return nodeid;
}

static void inode_init(struct kfuse_inode *inode, struct node *node)
{
	inode->node = node;
	inode->n_lookup = 1;
	atomic_store(&inode->backing_id, 0);
	atomic_store(&inode->n_open, 0);
	atomic_store(&inode->told_stale, false);
	atomic_store(&inode->listing_stamp, 0);
	atomic_store(&inode->data_stamp, 0);
}

struct kfuse_inode *kfuse_inode_publish(
	struct kfuse_session *session, struct node *node)
{
	struct kfuse_inode *inode;
	bool known;

	pthread_mutex_lock(lock_of(session, node));
	known = atomic_load(&node->front) != 0;
	if (known) {
		inode = slots_at(&session->inodes, atomic_load(&node->front));
		inode->n_lookup++;
	} else {
		inode = slots_take(&session->inodes);
		if (inode) {
			inode_init(inode, node);
			slots_publish(&session->inodes, inode);
			atomic_store(&node->front, inode->slot.index);
		}
	}
	pthread_mutex_unlock(lock_of(session, node));
	if (inode)
		atomic_store_explicit(
			&inode->looked_up_ns, now_ns(), memory_order_relaxed);
	/* The slot keeps one reference, however often it is looked up. */
	if (known || !inode)
		node_unref(node);
	else
		kfuse_notifier_check(session);
	return inode;
}

static void drop_inode(struct kfuse_session *session, struct kfuse_inode *inode)
{
	struct node *node = inode->node;
	int32_t backing = atomic_load(&inode->backing_id);

	kfuse_inode_begin(inode);
	if (backing > 0) {
		uint32_t id = (uint32_t)backing;

		ioctl(session->fd, KFUSE_DEV_IOC_BACKING_CLOSE, &id);
	}
	slots_put(&session->inodes, inode);
	node_unref(node);
	kfuse_notifier_check_memory(session);
}

void kfuse_inode_forget(
	struct kfuse_session *session, uint64_t nodeid, uint64_t n_lookup)
{
	struct kfuse_inode *inode;
	struct node *node;
	bool last;

	if (nodeid == ROOT_ID)
		return;
	inode = slots_get(&session->inodes, nodeid);
	if (!inode) {
		log_debug(
			"FORGET of unknown nodeid %#lx", (unsigned long)nodeid);
		return;
	}
	node = inode->node;
	pthread_mutex_lock(lock_of(session, node));
	inode->n_lookup -=
		n_lookup < inode->n_lookup ? n_lookup : inode->n_lookup;
	last = inode->n_lookup == 0;
	if (last)
		atomic_store(&node->front, 0);
	pthread_mutex_unlock(lock_of(session, node));
	if (last)
		drop_inode(session, inode);
}

void kfuse_inodes_drop(struct kfuse_session *session)
{
	for (uint32_t i = 2; i < session->inodes.n_made; i++) {
		struct kfuse_inode *inode = slots_at(&session->inodes, i);

		if (!inode)
			continue;
		atomic_store(&inode->node->front, 0);
		drop_inode(session, inode);
	}
}

int32_t kfuse_inode_backing(
	struct kfuse_session *session, struct kfuse_inode *inode)
{
	struct kfuse_backing_map map = { 0 };
	int32_t id;

	if (!session->features.passthrough)
		return 0;
	id = atomic_load_explicit(&inode->backing_id, memory_order_acquire);
	if (id)
		return id > 0 ? id : 0;
	pthread_mutex_lock(lock_of(session, inode->node));
	if (!atomic_load(&inode->backing_id)) {
		map.fd = atomic_load(&inode->node->fd);
		id = ioctl(session->fd, KFUSE_DEV_IOC_BACKING_OPEN, &map);
		/* A file system that can't (stacked too deep, say) stays that
		 * way: an inode must not change its mode while it is open. */
		if (id <= 0)
			log_debug("no passthrough for inode %lu: %s",
				(unsigned long)inode->node->key.ino,
				strerror(errno));
		atomic_store(&inode->backing_id, id > 0 ? id : -1);
	}
	id = atomic_load(&inode->backing_id);
	pthread_mutex_unlock(lock_of(session, inode->node));
	return id > 0 ? id : 0;
}
