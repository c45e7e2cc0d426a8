/* Slots: see slots.h. */
#include "util/slots.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int slots_init(struct slots *slots, size_t item_size)
{
	int r;

	assert(item_size >= sizeof(struct slot));
	memset(slots, 0, sizeof(*slots));
	slots->item_size = (item_size + 15) & ~(size_t)15;
	slots->n_made = 2; /* ids 0 and 1 stay unused */
	r = pthread_mutex_init(&slots->lock, NULL);
	return -r;
}

void slots_deinit(struct slots *slots)
{
	assert(slots->n_used == 0);
	for (size_t i = 0; i < SLOTS_CHUNKS; i++)
		free(atomic_load(&slots->chunks[i]));
	pthread_mutex_destroy(&slots->lock);
}

static struct slot *item_at(struct slots *slots, uint32_t index)
{
	char *chunk;

	if (index / SLOTS_CHUNK >= SLOTS_CHUNKS)
		return NULL;
	chunk = atomic_load_explicit(
		&slots->chunks[index / SLOTS_CHUNK], memory_order_acquire);
	if (!chunk)
		return NULL;
	return (struct slot *)(chunk + (size_t)(index % SLOTS_CHUNK) *
					       slots->item_size);
}

/* Called with the lock held. */
static struct slot *make_item(struct slots *slots)
{
	uint32_t index = slots->n_made;
	struct slot *slot;

	if (index / SLOTS_CHUNK >= SLOTS_CHUNKS)
		return NULL;
	if (!item_at(slots, index)) {
		char *chunk = calloc(SLOTS_CHUNK, slots->item_size);

		if (!chunk)
			return NULL;
		atomic_store_explicit(&slots->chunks[index / SLOTS_CHUNK],
			chunk, memory_order_release);
	}
	slots->n_made++;
	slot = item_at(slots, index);
	slot->index = index;
	return slot;
}

void *slots_take(struct slots *slots)
{
	struct slot *slot;

	pthread_mutex_lock(&slots->lock);
	if (slots->free_head) {
		slot = item_at(slots, slots->free_head);
		slots->free_head = slot->next_free;
	} else {
		slot = make_item(slots);
	}
	if (slot)
		slots->n_used++;
	pthread_mutex_unlock(&slots->lock);
	return slot;
}

void slots_publish(struct slots *slots, void *item)
{
	struct slot *slot = item;
	uint32_t generation =
		atomic_load_explicit(&slot->generation, memory_order_relaxed);

	assert(!(generation & 1));
	atomic_store_explicit(
		&slot->generation, generation + 1, memory_order_release);
}

void slots_put(struct slots *slots, void *item)
{
	struct slot *slot = item;

	assert(atomic_load(&slot->generation) & 1);
	atomic_fetch_add(&slot->generation, 1);
	pthread_mutex_lock(&slots->lock);
	slot->next_free = slots->free_head;
	slots->free_head = slot->index;
	slots->n_used--;
	pthread_mutex_unlock(&slots->lock);
}

void *slots_get(struct slots *slots, uint64_t id)
{
	struct slot *slot = item_at(slots, (uint32_t)id);
	uint32_t generation = (uint32_t)(id >> 32);

	if (!slot || !(generation & 1))
		return NULL;
	if (atomic_load_explicit(&slot->generation, memory_order_acquire) !=
		generation)
		return NULL;
	return slot;
}

void *slots_at(struct slots *slots, uint32_t index)
{
	struct slot *slot = item_at(slots, index);

	if (!slot || !(atomic_load(&slot->generation) & 1))
		return NULL;
	return slot;
}
