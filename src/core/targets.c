/*
 * Checking that the targets of mappings exist.
 *
 * A stat of each target costs about 1 us, which for the 10,000 inputs of a
 * large action is more than all else that creating its view takes. But inputs
 * cluster: so targets are grouped by folder, and where a folder has many its
 * names are read at once, at about a tenth of the cost. A name that the
 * listing doesn't have is then looked at by itself; so are all names of a
 * folder that can't be read or that is much larger than what is wanted of it.
 */
#include "core/targets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/internal.h"
#include "util/fd.h"

/* From here on reading a folder is cheaper than looking at single names. */
#define LIST_FROM 8
/* Give up on a folder with more names than this for each wanted one. */
#define LIST_FACTOR 16

struct target {
	UT_hash_handle hh; /* in its folder's table, by base name */
	const struct mapping *mapping;
	struct folder *folder;
	struct target *next; /* in the same folder */
	const char *base;
	uint32_t base_len;
	bool found;
};

struct folder {
	UT_hash_handle hh; /* by path */
	const char *path;
	size_t len;
	struct target *targets; /* linked */
	struct target *by_name; /* hash, while the folder is listed */
	size_t n;
};

static void split(struct target *target, const char **dir, size_t *dir_len)
{
	const struct mapping *m = target->mapping;
	const char *slash = memrchr(m->target, '/', m->target_len);
	size_t before = slash ? (size_t)(slash - m->target) : 0;

	*dir = m->target;
	*dir_len = before ? before : 1; /* "/x" is in "/" */
	target->base = slash ? slash + 1 : m->target;
	target->base_len = (uint32_t)(m->target + m->target_len - target->base);
}

static int open_folder(const struct folder *folder, int flags)
{
	char path[PATH_MAX];

	if (folder->len >= sizeof(path))
		return -ENAMETOOLONG;
	memcpy(path, folder->path, folder->len);
	path[folder->len] = '\0';
	return open(path, flags | O_DIRECTORY | O_CLOEXEC);
}

static void mark_found(struct folder *folder, const char *name)
{
	struct target *target;

	HASH_FIND(hh, folder->by_name, name, strlen(name), target);
	/* Several mappings may have one target: they hang on the first. */
	for (; target; target = target->next)
		target->found = true;
}

static void list_folder(struct folder *folder)
{
	struct target *target, *next, *first;
	size_t left = folder->n * LIST_FACTOR;
	_cleanup_fd_ int fd = -1;
	char buf[32768];
	ssize_t n;

	fd = open_folder(folder, O_RDONLY);
	if (fd < 0)
		return;
	for (target = folder->targets; target; target = next) {
		next = target->next;
		target->next = NULL;
		HASH_FIND(hh, folder->by_name, target->base, target->base_len,
			first);
		if (first) {
			target->next = first->next;
			first->next = target;
		} else {
			HASH_ADD_KEYPTR(hh, folder->by_name, target->base,
				target->base_len, target);
		}
	}
	while (left > 0 &&
		(n = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (ssize_t at = 0; at < n && left > 0; left--) {
			struct host_dirent *d = (void *)(buf + at);

			mark_found(folder, d->d_name);
			at += d->d_reclen;
		}
	}
	HASH_CLEAR(hh, folder->by_name);
}

static int check_one(const struct mapping *m, struct sb_error *err)
{
	char path[PATH_MAX], text[128];
	struct stat st;
	int r = 0;

	if (m->target_len >= sizeof(path)) {
		r = -ENAMETOOLONG;
	} else {
		memcpy(path, m->target, m->target_len);
		path[m->target_len] = '\0';
		if (lstat(path, &st) < 0)
			r = -errno;
	}
	if (!r)
		return 0;
	sb_error_set(err, "Stat failed for \"%.*s\": %s", (int)m->target_len,
		m->target, sb_error_os(text, sizeof(text), -r));
	mapping_describe(m, err);
	return r;
}

int targets_check(struct space *space, const struct mapping *mappings, size_t n,
	struct sb_error *err)
{
	struct folder *folders = NULL, *folder = NULL, *pool, *tmp;
	struct target *targets;
	size_t n_folders = 0;
	int r = 0;

	if (space->options.lazy_targets || !n)
		return 0;
	targets = calloc(n, sizeof(*targets));
	pool = calloc(n, sizeof(*pool));
	if (!targets || !pool) {
		sb_error_set(err, "Out of memory");
		r = -ENOMEM;
		goto out;
	}
	for (size_t i = 0; i < n; i++) {
		struct target *target = &targets[i];
		const char *dir;
		size_t len;

		target->mapping = &mappings[i];
		split(target, &dir, &len);
		if (!folder || folder->len != len ||
			memcmp(folder->path, dir, len) != 0)
			HASH_FIND(hh, folders, dir, len, folder);
		if (!folder) {
			folder = &pool[n_folders++];
			folder->path = dir;
			folder->len = len;
			HASH_ADD_KEYPTR(hh, folders, dir, len, folder);
		}
		target->next = folder->targets;
		folder->targets = target;
		folder->n++;
	}
	HASH_ITER(hh, folders, folder, tmp) {
		if (folder->n >= LIST_FROM)
			list_folder(folder);
	}
	HASH_CLEAR(hh, folders);
	for (size_t i = 0; !r && i < n; i++)
		if (!targets[i].found)
			r = check_one(&mappings[i], err);
out:
	free(targets);
	free(pool);
	return r;
}
