/*
 * Turns: requests with the same id run one after the other, in the order in
 * which they came; all others run at the same time.
 *
 * A turn is taken while the order is still known, that is before the next
 * request may be read, and waited for later. Those that are out are in a
 * list, oldest first; there are never more than threads, so it is searched.
 */
#ifndef CONTROL_TURN_H
#define CONTROL_TURN_H

#include <pthread.h>
#include <stddef.h>

struct turn {
	struct turn *prev;
	struct turn *next;
	const char *id; /* borrowed until the turn is given back */
	size_t len;
};

struct turns {
	pthread_mutex_t lock;
	pthread_cond_t given;
	struct turn *first;
	struct turn *last;
	unsigned int n_waiting;
};

void turns_init(struct turns *turns);
void turns_deinit(struct turns *turns);

/* Gets in line. */
void turn_take(
	struct turns *turns, struct turn *turn, const char *id, size_t len);

/* Waits until all earlier ones with the same id have been given back. */
void turn_wait(struct turns *turns, struct turn *turn);

/* Gives it back. */
void turn_give(struct turns *turns, struct turn *turn);

#endif
