/* Listings: see listing.h. */
#include "core/listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/internal.h"
#include "util/fd.h"

#define DIRENT_BUFFER 65536

static int listing_add(struct listing *listing, const char *name, size_t len,
	uint64_t ino, unsigned char type)
{
	if (listing->n == listing->capacity) {
		size_t capacity = listing->capacity * 2 + 64;
		struct listing_item *items =
			reallocarray(listing->items, capacity, sizeof(*items));

		if (!items)
			return -ENOMEM;
		listing->items = items;
		listing->capacity = capacity;
	}
	if (listing->names_len + len + 1 > listing->names_capacity) {
		size_t capacity = listing->names_capacity * 2 + len + 1024;
		char *names;

		if (capacity > UINT32_MAX)
			return -EOVERFLOW;
		names = realloc(listing->names, capacity);
		if (!names)
			return -ENOMEM;
		listing->names = names;
		listing->names_capacity = capacity;
	}
	listing->items[listing->n++] = (struct listing_item){
		.ino = ino,
		.name = (uint32_t)listing->names_len,
		.name_len = (uint16_t)len,
		.type = type,
	};
	memcpy(listing->names + listing->names_len, name, len);
	listing->names_len += len;
	listing->names[listing->names_len++] = '\0';
	return 0;
}

/* Names first, under the lock; what they are is found out after it. */
static int add_declared(struct listing *listing, struct node *dir)
{
	struct layout_entry *entry =
		atomic_load_explicit(&dir->dir.entry, memory_order_acquire);
	struct layout_entry *child, *tmp;
	size_t kept = listing->n;
	int r = 0;

	if (!entry)
		return 0;
	pthread_rwlock_rdlock(&dir->space->layout_lock);
	HASH_ITER(hh, entry->children, child, tmp) {
		r = listing_add(
			listing, child->name, child->name_len, 0, DT_UNKNOWN);
		if (r)
			break;
	}
	pthread_rwlock_unlock(&dir->space->layout_lock);

	for (size_t i = kept; !r && i < listing->n; i++) {
		struct listing_item item = listing->items[i];
		struct node_found found;

		if (node_lookup(dir, listing->names + item.name, item.name_len,
			    &found))
			continue; /* its target is missing: not there */
		item.ino = found.st.st_ino;
		item.type = (unsigned char)IFTODT(found.st.st_mode);
		listing->items[kept++] = item;
		node_unref(found.node);
	}
	if (!r)
		listing->n = kept;
	return r;
}

static int add_host(struct listing *listing, struct node *dir, int fd)
{
	bool declared = atomic_load(&dir->dir.entry) != NULL;
	char *buf;
	int r = 0;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	buf = malloc(DIRENT_BUFFER);
	if (!buf)
		return -ENOMEM;
	while (!r) {
		ssize_t n = syscall(SYS_getdents64, fd, buf, DIRENT_BUFFER);

		if (n <= 0) {
			r = n < 0 ? -errno : 0;
			break;
		}
		for (ssize_t at = 0; !r && at < n;) {
			struct host_dirent *d = (void *)(buf + at);
			size_t len = strlen(d->d_name);
			struct layout_entry *entry;

			at += d->d_reclen;
			if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
				continue;
			entry = declared ? node_entry_child(dir, d->d_name, len)
					 : NULL;
			if (entry) {
				layout_entry_unref(entry);
				continue;
			}
			r = listing_add(listing, d->d_name, len,
				space_ino(dir->space, dir->key.dev, d->d_ino,
					d->d_type == DT_DIR ? dir->dir.salt
							    : 0),
				d->d_type);
		}
	}
	free(buf);
	return r;
}

static int open_and_add_host(struct listing *listing, struct node *dir)
{
	_cleanup_fd_ int fd = node_open_dir(dir);

	return fd < 0 ? fd : add_host(listing, dir, fd);
}

int listing_init(struct listing *listing, struct node *dir, int fd)
{
	struct stat st;
	int r;

	*listing = (struct listing){ 0 };
	if (!node_is_dir(dir))
		return -ENOTDIR;
	r = node_stat(dir, &st);
	if (!r)
		r = listing_add(listing, ".", 1, st.st_ino, DT_DIR);
	/* The kernel doesn't tell us who ".." is, and nobody looks. */
	if (!r)
		r = listing_add(listing, "..", 2, st.st_ino, DT_DIR);
	if (!r && !atomic_load(&dir->dir.gone)) {
		r = add_declared(listing, dir);
		if (!r && fd >= 0)
			r = add_host(listing, dir, fd);
		else if (!r && atomic_load(&dir->fd) >= 0)
			r = open_and_add_host(listing, dir);
	}
	if (r)
		listing_deinit(listing);
	return r;
}

void listing_deinit(struct listing *listing)
{
	free(listing->items);
	free(listing->names);
	*listing = (struct listing){ 0 };
}

/* A change within one tick of the clock can hide behind the same time. */
#define RACY_NS 20000000

uint64_t listing_stamp(struct node *dir)
{
	int fd = atomic_load(&dir->fd);
	uint64_t stamp = 0x9e3779b97f4a7c15u;
	struct timespec now;
	struct stat st;

	if (atomic_load(&dir->dir.entry))
		stamp += atomic_load(&dir->space->layout_generation);
	if (atomic_load(&dir->dir.gone))
		return 0;
	if (fd < 0)
		return stamp;
	if (fstat(fd, &st) < 0)
		return 0;
	clock_gettime(CLOCK_REALTIME, &now);
	if ((now.tv_sec - st.st_ctim.tv_sec) * 1000000000 + now.tv_nsec -
			st.st_ctim.tv_nsec <
		RACY_NS)
		return 0;
	stamp = (stamp ^ (uint64_t)st.st_ctim.tv_sec) * 0xbf58476d1ce4e5b9u;
	stamp = (stamp ^ (uint64_t)st.st_ctim.tv_nsec) * 0x94d049bb133111ebu;
	stamp ^= (uint64_t)st.st_mtim.tv_nsec << 20 ^
		 (uint64_t)st.st_mtim.tv_sec;
	return stamp ? stamp : 1;
}
