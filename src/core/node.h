/*
 * Nodes: what a name in a view turned out to be.
 *
 * Nodes come into being when a name is looked up and go when nobody holds
 * them any more. Each holds its host object by an O_PATH descriptor (or none,
 * for a scaffold directory), so it stays what it is whatever happens to the
 * path, and its (device, inode) pair can't be reused meanwhile.
 *
 * Non-directories are shared by all views: one node per (device, inode,
 * writable). A read-only and a writable node of one file are siblings.
 * Directories belong to one place: one node per (parent node, name).
 *
 * Functions return 0 or -errno, and that -errno is the answer for the process
 * that asked. They may be called from any thread. A node passed in must be
 * held by the caller; one that comes out carries a reference for the caller.
 */
#ifndef CORE_NODE_H
#define CORE_NODE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>

#include "core/hash.h"

struct layout_entry;
struct space;

struct node_leaf {
	UT_hash_handle hh; /* in the space's table of leaves */
	_Atomic bool has_sibling;
};

struct node_dir {
	UT_hash_handle hh;     /* in parent's children, by name */
	struct node *parent;   /* referenced; NULL for the root */
	struct node *children; /* directories only */
	char *name;
	size_t name_len;
	struct layout_entry *_Atomic entry; /* referenced, or NULL */
	struct node *next_gone;             /* while it is being announced */
	uint64_t salt;                      /* of the inode numbers below */
	bool hashed;                        /* in parent's children */
	_Atomic bool gone;                  /* removed, unmapped or destroyed */
};

/* The key of a leaf: no padding, as it is compared as bytes. */
struct node_key {
	uint64_t dev;
	uint64_t ino;
	uint64_t writable;
};

struct node {
	struct space *space;
	_Atomic uint32_t refs;
	/* The front-end's, zero at first; core never looks at it. */
	_Atomic uint32_t front;
	mode_t type; /* S_IFDIR, S_IFREG, ... */
	bool writable;
	_Atomic int fd; /* O_PATH, or -1 for a scaffold */
	struct node_key key;
	union {
		struct node_leaf leaf;
		struct node_dir dir;
	};
};

static inline bool node_is_dir(const struct node *node)
{
	return S_ISDIR(node->type);
}

struct node *node_ref(struct node *node);
struct node *node_unref(struct node *node);

/* Where a name comes from: tells how long its absence may be believed. */
enum node_origin {
	NODE_ORIGIN_DECLARED,  /* the layout alone decides */
	NODE_ORIGIN_READ_ONLY, /* a directory of the host, read-only */
	NODE_ORIGIN_WRITABLE,  /* a directory of the host, writable */
};

struct node_found {
	struct node *node;
	struct stat st;          /* as the view shows it */
	enum node_origin origin; /* set on -ENOENT too */
};

/* Finds @name in @dir. */
int node_lookup(struct node *dir, const char *name, size_t len,
	struct node_found *found);

/*
 * True if a directory of the host is still what its path leads to; false
 * sends the front-end back to look the name up again.
 */
bool node_is_current(struct node *dir);

/* Attributes as the view shows them. */
int node_stat(struct node *node, struct stat *st);

/* The same through statx(2), for what struct stat lacks. */
int node_statx(struct node *node, unsigned int mask, struct statx *stx);

/* Turns a host file's struct stat into what the view shows of @node. */
void node_show(const struct node *node, struct stat *st);

int node_statfs(struct node *node, struct statvfs *st);

/* Copies the target, not terminated. Return: its length or -errno. */
ssize_t node_readlink(struct node *node, char *buf, size_t size);

/*
 * Who asks. New objects belong to them, with their umask.
 */
struct caller {
	uid_t uid;
	gid_t gid;
	mode_t umask;
	bool in_group; /* a member of @group, the parent folder's */
	gid_t group;
};

/*
 * Opens the host's file with @flags (access mode, O_TRUNC, O_APPEND; the rest
 * is ignored). With @kill_priv set-user-id and set-group-id bits are dropped
 * by O_TRUNC as for an unprivileged caller.
 *
 * Return: a descriptor, the caller's, or -errno; -EPERM for writing to what
 * is read-only.
 */
int node_open(struct node *node, int flags, bool kill_priv);

/* Opens the host's directory behind @dir to be read. Same return. */
int node_open_dir(struct node *dir);

/*
 * Opens @name in @dir, creating it. On success *@fdp is an open descriptor
 * with @flags's access mode.
 */
int node_create(struct node *dir, const char *name, size_t len, int flags,
	mode_t mode, const struct caller *caller, struct node_found *found,
	int *fdp);

/* A file without a name, for O_TMPFILE. */
int node_tmpfile(struct node *dir, int flags, mode_t mode,
	const struct caller *caller, struct node_found *found, int *fdp);

int node_mkdir(struct node *dir, const char *name, size_t len, mode_t mode,
	const struct caller *caller, struct node_found *found);
int node_mknod(struct node *dir, const char *name, size_t len, mode_t mode,
	dev_t rdev, const struct caller *caller, struct node_found *found);
int node_symlink(struct node *dir, const char *name, size_t len,
	const char *target, const struct caller *caller,
	struct node_found *found);
int node_link(struct node *node, struct node *dir, const char *name, size_t len,
	struct node_found *found);
int node_unlink(struct node *dir, const char *name, size_t len);
int node_rmdir(struct node *dir, const char *name, size_t len);

/* @flags as of renameat2(2): RENAME_NOREPLACE and RENAME_EXCHANGE. */
int node_rename(struct node *dir, const char *name, size_t len,
	struct node *to_dir, const char *to_name, size_t to_len,
	unsigned int flags);

/* What node_set_attr() is to change. */
enum node_attr_mask {
	NODE_ATTR_MODE = 1 << 0,
	NODE_ATTR_UID = 1 << 1,
	NODE_ATTR_GID = 1 << 2,
	NODE_ATTR_SIZE = 1 << 3,
	NODE_ATTR_TIMES = 1 << 4,
	NODE_ATTR_KILL_PRIV = 1 << 5, /* with SIZE: as unprivileged */
};

struct node_attr {
	unsigned int mask;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	off_t size;
	struct timespec times[2]; /* as of utimensat(2) */
};

/* @fd: an open descriptor of the node's file to truncate with, or -1. */
int node_set_attr(struct node *node, const struct node_attr *attr, int fd);

/* Extended attributes. Return: a size, or -errno. */
ssize_t node_getxattr(
	struct node *node, const char *name, void *value, size_t size);
ssize_t node_listxattr(struct node *node, char *list, size_t size);
int node_setxattr(struct node *node, const char *name, const void *value,
	size_t size, int flags);
int node_removexattr(struct node *node, const char *name);

/* Tells the sibling's caches, if there is one, that the data changed. */
void node_data_changed(struct node *node);

/*
 * Gives up / takes back the capability that lets the calling thread keep
 * set-user-id bits when it writes (CAP_FSETID).
 */
void caller_drop_fsetid(void);
void caller_take_fsetid(void);

/* Prepares a thread that will call the functions above. */
void caller_thread_init(void);

#endif
