/*
 * Slots: a table that turns objects into ids that can be checked.
 *
 * An id is (generation << 32 | index): looking one up costs an array access
 * and a comparison, and an id that was never given out, or whose object is
 * gone, is found out instead of followed. Ids are never zero and never 1.
 *
 * Objects have a fixed size, begin with a struct slot, and never move.
 * slots_get() takes no lock: whoever calls it must know that the object can't
 * be given back meanwhile (the kernel keeps an inode or a handle alive while
 * a request on it is under way).
 */
#ifndef UTIL_SLOTS_H
#define UTIL_SLOTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct slot {
	_Atomic uint32_t generation; /* odd while it can be found */
	uint32_t index;
	uint32_t next_free;
};

#define SLOTS_CHUNK  1024
#define SLOTS_CHUNKS 16384

struct slots {
	pthread_mutex_t lock;
	size_t item_size;
	_Atomic uint32_t n_used;
	_Atomic uint32_t n_made;
	uint32_t free_head; /* index, or 0 */
	_Atomic(char *) chunks[SLOTS_CHUNKS];
};

/* Return: 0 or -errno. */
int slots_init(struct slots *slots, size_t item_size);

/* Gives back the memory; every object must have been put. */
void slots_deinit(struct slots *slots);

/*
 * An object, or NULL when out of memory or when SLOTS_CHUNK * SLOTS_CHUNKS are
 * in use. It has an id already, by which it can be found once it is published.
 * Behind its struct slot it is zeroed the first time, later as it was left:
 * who looks at one by an outdated id may still be reading atomic members.
 */
void *slots_take(struct slots *slots);

/* Makes an object that was taken and is filled in findable. */
void slots_publish(struct slots *slots, void *item);

void slots_put(struct slots *slots, void *item);

/* The object with @id, or NULL. */
void *slots_get(struct slots *slots, uint64_t id);

/* The object at @index if it is in use, else NULL; for walking over all. */
void *slots_at(struct slots *slots, uint32_t index);

/* The id of an object in use, published or about to be. */
static inline uint64_t slot_id(const struct slot *slot)
{
	uint32_t generation = atomic_load_explicit(
		&((struct slot *)slot)->generation, memory_order_relaxed);

	return (uint64_t)(generation | 1) << 32 | slot->index;
}

#endif
