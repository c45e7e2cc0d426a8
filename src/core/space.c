/*
 * A space and the changes of its layout: see space.h.
 *
 * A change is prepared outside the locks as far as possible (targets are
 * checked on the host, a new sandbox is built detached), applied under the
 * layout's write lock with a journal that can take it back, and then
 * announced: the generation grows, instantiated directories follow, and the
 * front-end drops the names from its caches. Only then does the call return.
 */
#include "core/space.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/internal.h"
#include "core/targets.h"
#include "util/fd.h"

static bool may_act_for_others(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];
	uint32_t need = 1u << CAP_SETUID | 1u << CAP_SETGID | 1u << CAP_CHOWN;

	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	return (data[0].effective & need) == need;
}

int space_new(struct space **spacep, const struct space_options *options)
{
	pthread_rwlockattr_t attr;
	struct space *space;

	space = calloc(1, sizeof(*space));
	if (!space)
		return -ENOMEM;
	space->options = *options;
	space->uid = geteuid();
	space->gid = getegid();
	space->privileged = may_act_for_others();
	clock_gettime(CLOCK_REALTIME, &space->made);
	/* Else a stream of lookups could keep a change waiting for ever. */
	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(
		&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&space->layout_lock, &attr);
	pthread_rwlockattr_destroy(&attr);
	pthread_mutex_init(&space->dirs_lock, NULL);
	for (int i = 0; i < SPACE_SHARDS; i++)
		pthread_mutex_init(&space->shards[i].lock, NULL);

	space->proc_fd =
		open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (space->proc_fd < 0) {
		int r = -errno;

		space_free(space);
		return r;
	}
	space->layout = layout_entry_new("", 0);
	space->root = space->layout ? root_node_new(space) : NULL;
	if (!space->root) {
		space_free(space);
		return -ENOMEM;
	}
	*spacep = space;
	return 0;
}

void space_set_events(
	struct space *space, const struct space_events *events, void *ctx)
{
	space->events = events;
	space->events_ctx = ctx;
}

void space_set_own_device(struct space *space, uint64_t dev)
{
	atomic_store(&space->own_dev, dev);
}

struct space *space_free(struct space *space)
{
	if (!space)
		return NULL;
	if (space->root) {
		assert(atomic_load(&space->root->refs) == 1);
		assert(!space->root->dir.children);
		node_unref(space->root);
	}
	layout_entry_unref(space->layout);
	for (int i = 0; i < SPACE_SHARDS; i++) {
		assert(!space->shards[i].leaves);
		pthread_mutex_destroy(&space->shards[i].lock);
	}
	pthread_mutex_destroy(&space->dirs_lock);
	pthread_rwlock_destroy(&space->layout_lock);
	if (space->proc_fd >= 0)
		close(space->proc_fd);
	free(space);
	return NULL;
}

struct node *space_root(struct space *space)
{
	return space->root;
}

void mapping_describe(const struct mapping *m, struct sb_error *err)
{
	sb_error_prefix(err, "Cannot map '%.*s -> %.*s (%s)'", (int)m->path_len,
		m->path, (int)m->target_len, m->target,
		m->writable ? "read/write" : "read-only");
}

/* Adds below @root, all or none. Called with the layout write-locked, or on a
 * layout that nobody else sees yet. */
static int add_mappings(struct space *space, struct layout_entry *root,
	const struct mapping *mappings, size_t n, struct sb_error *err)
{
	struct layout_journal journal = { 0 };
	struct layout_hint hint = { 0 };
	int r = 0;

	for (size_t i = 0; !r && i < n; i++) {
		const struct mapping *m = &mappings[i];

		r = layout_add(root, m->path, m->path_len, m->target,
			m->target_len, m->writable, space->options.any_order,
			&hint, &journal);
		if (!r)
			continue;
		if (r == -EEXIST)
			sb_error_set(err,
				m->path_len > 1
					? "Already mapped"
					: "Root can be mapped at most once");
		else
			sb_error_set(err, "Out of memory");
		mapping_describe(m, err);
		layout_undo(&journal);
	}
	layout_journal_deinit(&journal);
	return r;
}

/* The root has no parent in which a lookup could find its target. */
static int open_root(struct space *space, const struct mapping *mappings,
	size_t n, int *fdp, struct stat *st, struct sb_error *err)
{
	char target[PATH_MAX];
	char text[128];
	_cleanup_fd_ int fd = -1;

	*fdp = -1;
	for (size_t i = 0; i < n; i++) {
		const struct mapping *m = &mappings[i];

		if (m->path_len != 1)
			continue;
		if (m->target_len >= sizeof(target)) {
			sb_error_set(err, "Failed to map root: %s",
				sb_error_os(text, sizeof(text), ENAMETOOLONG));
			return -ENAMETOOLONG;
		}
		memcpy(target, m->target, m->target_len);
		target[m->target_len] = '\0';
		fd = open(target, O_PATH | O_CLOEXEC);
		if (fd < 0 || fstat(fd, st) < 0) {
			int r = -errno;

			sb_error_set(err,
				"Failed to map root: stat failed for \"%s\": "
				"%s",
				target, sb_error_os(text, sizeof(text), -r));
			return r;
		}
		if (!S_ISDIR(st->st_mode)) {
			sb_error_set(err,
				"Failed to map root: \"%s\" is not a directory",
				target);
			return -ENOTDIR;
		}
		*fdp = fd_steal(&fd);
		return 0;
	}
	return 0;
}

static void adopt_root(struct space *space, int fd, const struct stat *st)
{
	struct node *root = space->root;

	pthread_mutex_lock(&space->dirs_lock);
	root->key.dev = st->st_dev;
	root->key.ino = st->st_ino;
	root->writable = space->layout->writable;
	atomic_store(&root->fd, fd);
	pthread_mutex_unlock(&space->dirs_lock);
	if (space->events)
		space->events->attr_changed(space->events_ctx, root);
}

int space_map(struct space *space, const struct mapping *mappings, size_t n,
	struct sb_error *err)
{
	_cleanup_fd_ int root_fd = -1;
	struct stat st;
	int r;

	r = open_root(space, mappings, n, &root_fd, &st, err);
	if (r)
		return r;
	r = targets_check(space, mappings, n, err);
	if (r)
		return r;

	pthread_rwlock_wrlock(&space->layout_lock);
	r = add_mappings(space, space->layout, mappings, n, err);
	if (!r)
		atomic_fetch_add(&space->layout_generation, 1);
	pthread_rwlock_unlock(&space->layout_lock);
	if (r)
		return r;

	if (root_fd >= 0)
		adopt_root(space, fd_steal(&root_fd), &st);
	for (size_t i = 0; i < n; i++)
		dirs_follow_layout(
			space, mappings[i].path, mappings[i].path_len);
	return 0;
}

int space_unmap(
	struct space *space, const char *path, size_t len, struct sb_error *err)
{
	struct layout_entry *entry;

	if (len <= 1) {
		sb_error_set(err, "Root cannot be unmapped");
		return -EINVAL;
	}
	pthread_rwlock_wrlock(&space->layout_lock);
	entry = layout_walk(space->layout, path, len);
	if (entry && (entry->target || entry->children)) {
		layout_detach(entry);
		atomic_fetch_add(&space->layout_generation, 1);
	} else if (entry) {
		layout_entry_ref(entry);
	}
	pthread_rwlock_unlock(&space->layout_lock);
	if (!entry) {
		sb_error_set(err, "Unknown entry");
		return -ENOENT;
	}
	if (entry->parent) {
		sb_error_set(err, "\"%.*s\" is not a mapping", (int)len, path);
		layout_entry_unref(entry);
		return -EINVAL;
	}
	dirs_follow_layout(space, path, len);
	layout_entry_unref(entry);
	return 0;
}

static int check_id(const char *id, size_t len, struct sb_error *err)
{
	if (!len) {
		sb_error_set(err, "Identifier cannot be empty");
		return -EINVAL;
	}
	if (memchr(id, '/', len) || memchr(id, '\0', len) || len > NAME_MAX ||
		(len == 1 && id[0] == '.') ||
		(len == 2 && id[0] == '.' && id[1] == '.')) {
		sb_error_set(
			err, "Identifier %.*s is not a basename", (int)len, id);
		return -EINVAL;
	}
	return 0;
}

/* "/ID" for dirs_follow_layout(). */
static size_t id_path(char *buf, const char *id, size_t len)
{
	buf[0] = '/';
	memcpy(buf + 1, id, len);
	return len + 1;
}

/* Builds a sandbox that nobody sees yet. NULL in *@topp on error. */
static int build_sandbox(struct space *space, struct layout_entry **topp,
	const char *id, size_t id_len, const struct mapping *mappings, size_t n,
	struct sb_error *err)
{
	int r;

	*topp = layout_entry_new(id, id_len);
	if (!*topp) {
		sb_error_set(err, "Out of memory");
		return -ENOMEM;
	}
	(*topp)->sandbox = true;
	r = add_mappings(space, *topp, mappings, n, err);
	if (r)
		*topp = layout_entry_unref(*topp);
	return r;
}

/* Adds to the sandbox that exists and tells the front-end of each name. */
static int follow_extension(struct space *space, const char *id, size_t id_len,
	const struct mapping *mappings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct mapping *m = &mappings[i];
		size_t len = id_len + 1;
		char *path = malloc(len + m->path_len);

		if (!path)
			return -ENOMEM;
		id_path(path, id, id_len);
		memcpy(path + len, m->path, m->path_len);
		if (m->path_len > 1)
			len += m->path_len;
		dirs_follow_layout(space, path, len);
		free(path);
	}
	return 0;
}

int space_create(struct space *space, const char *id, size_t id_len,
	const struct mapping *mappings, size_t n, struct sb_error *err)
{
	struct layout_entry *top, *made = NULL;
	char path[NAME_MAX + 2];
	int r;

	r = check_id(id, id_len, err);
	if (r)
		return r;
	r = targets_check(space, mappings, n, err);
	if (r)
		return r;
	r = build_sandbox(space, &made, id, id_len, mappings, n, err);
	if (r)
		return r;

	pthread_rwlock_wrlock(&space->layout_lock);
	top = layout_find(space->layout, id, id_len);
	if (!top) {
		layout_attach(space->layout, made);
		made = NULL;
	} else {
		r = add_mappings(space, top, mappings, n, err);
	}
	if (!r)
		atomic_fetch_add(&space->layout_generation, 1);
	pthread_rwlock_unlock(&space->layout_lock);
	layout_entry_unref(made);
	if (r)
		return r;
	if (top)
		return follow_extension(space, id, id_len, mappings, n);
	dirs_follow_layout(space, path, id_path(path, id, id_len));
	return 0;
}

int space_destroy(struct space *space, const char *id, size_t id_len,
	struct sb_error *err)
{
	struct layout_entry *top;
	char path[NAME_MAX + 2];
	int r;

	r = check_id(id, id_len, err);
	if (r)
		return r;
	pthread_rwlock_wrlock(&space->layout_lock);
	top = layout_find(space->layout, id, id_len);
	if (top) {
		layout_detach(top);
		atomic_fetch_add(&space->layout_generation, 1);
	}
	pthread_rwlock_unlock(&space->layout_lock);
	if (!top) {
		sb_error_set(err, "Unknown entry");
		return -ENOENT;
	}
	dirs_follow_layout(space, path, id_path(path, id, id_len));
	layout_entry_unref(top);
	return 0;
}
