/* What the files of core share; nobody else includes this. */
#ifndef CORE_INTERNAL_H
#define CORE_INTERNAL_H

#include <limits.h>
#include <pthread.h>

#include "core/layout.h"
#include "core/node.h"
#include "core/space.h"

#define SPACE_SHARDS 64

struct leaf_shard {
	pthread_mutex_t lock;
	struct node *leaves;
};

/*
 * Lock order: layout_lock, then dirs_lock, then a leaf shard's lock. None is
 * held across a system call on the host's files or a call to the front-end.
 */
struct space {
	struct space_options options;
	const struct space_events *events;
	void *events_ctx;

	pthread_rwlock_t layout_lock;
	struct layout_entry *layout;
	/* Grows with each change of the layout, before it is announced. */
	_Atomic uint64_t layout_generation;

	pthread_mutex_t dirs_lock; /* all nodes' parent, children, name */
	struct node *root;
	struct leaf_shard shards[SPACE_SHARDS];

	_Atomic uint64_t primary_dev; /* its inode numbers show as they are */
	_Atomic uint64_t own_dev;     /* of the front-end's own mount */
	struct timespec made;
	uid_t uid; /* ours: owner of scaffolds */
	gid_t gid;
	int proc_fd;     /* of /proc/self/fd */
	bool privileged; /* may act for any user */
};

/* As getdents64(2) fills it in. */
struct host_dirent {
	uint64_t d_ino;
	int64_t d_off;
	uint16_t d_reclen;
	uint8_t d_type;
	char d_name[];
};

/* Puts "Cannot map '/p -> /u (read-only)'" before the error's text. */
void mapping_describe(const struct mapping *m, struct sb_error *err);

/* "N" of /proc/self/fd/N. */
#define FD_NAME_SIZE 16
const char *fd_name(char *buf, int fd);

/*
 * Opens @target, a host path, or @name in @dir_fd, as a node's descriptor.
 * Return: the descriptor, or -errno; -EXDEV if it is our own mount.
 */
int host_open_target(struct space *space, const char *target);
int host_open_name(
	struct space *space, int dir_fd, const char *name, int flags);

/* The inode number shown for the host's (dev, ino). */
uint64_t space_ino(
	struct space *space, uint64_t dev, uint64_t ino, uint64_t salt);

/*
 * The node for an open O_PATH descriptor of a non-directory. Takes ownership
 * of @fd whatever it returns. NULL when out of memory.
 */
struct node *leaf_get(
	struct space *space, const struct stat *st, bool writable, int fd);

/* The sibling of a leaf (same file, other writability) or NULL. */
struct node *leaf_sibling(struct node *node);

/* What identifies a directory under its parent and name. */
struct dir_identity {
	struct layout_entry *entry;
	uint64_t dev;
	uint64_t ino;
	bool writable;
};

/*
 * The node for directory @name of @parent. Takes ownership of @fd.
 *
 * @generation is the layout's when @id->entry was looked up; if it has changed
 * since, the answer is -EAGAIN and the caller looks again.
 */
int dir_get(struct node *parent, const char *name, size_t len,
	const struct dir_identity *id, int fd, uint64_t generation,
	struct node **nodep);

/* Takes the instantiated child directory out of its parent's table. */
void dir_forget_child(struct node *parent, const char *name, size_t len);

struct node *root_node_new(struct space *space);

/*
 * Makes the instantiated directories follow a change of the layout along
 * @path and tells the front-end which name to drop.
 */
void dirs_follow_layout(struct space *space, const char *path, size_t len);

/* The same for a rename that the host has carried out. */
void dirs_follow_rename(struct node *from, const char *name, size_t len,
	struct node *to, const char *to_name, size_t to_len, bool exchange);

/* The child of @dir's layout entry, referenced, or NULL. */
struct layout_entry *node_entry_child(
	struct node *dir, const char *name, size_t len);

/* Makes a writable scaffold real: see space_options.writable_scaffolds. */
int dir_materialise(struct node *dir);

/*
 * Acts for @caller until caller_restore(): file system user, group and umask
 * of this thread. Return: 0, or -EPERM if we may not act for that user.
 */
int caller_assume(struct space *space, const struct caller *caller);
void caller_restore(struct space *space);

#endif
