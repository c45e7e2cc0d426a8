/*
 * Listings: the names in a directory, as they were at one moment.
 *
 * A listing is taken whole, so that positions in it stay valid however the
 * directory changes while somebody reads it (POSIX wants seekdir to work).
 */
#ifndef CORE_LISTING_H
#define CORE_LISTING_H

#include <stddef.h>
#include <stdint.h>

struct node;

struct listing_item {
	uint64_t ino;
	uint32_t name; /* offset into listing.names, terminated there */
	uint16_t name_len;
	unsigned char type; /* DT_* */
};

struct listing {
	struct listing_item *items;
	size_t n;
	size_t capacity;
	char *names;
	size_t names_len;
	size_t names_capacity;
};

/*
 * "." and ".." come first. @fd is an open descriptor of the host's directory
 * to read from its beginning, or -1 to open one.
 *
 * Return: 0 or -errno with nothing allocated.
 */
int listing_init(struct listing *listing, struct node *dir, int fd);
void listing_deinit(struct listing *listing);

/*
 * A number that changes when the names in @dir may have; zero if that can't
 * be told (it changed a moment ago).
 */
uint64_t listing_stamp(struct node *dir);

#endif
