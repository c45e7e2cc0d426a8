/* Turns, in the order of requests per id: see turn.h. */
#include "control/turn.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

void turns_init(struct turns *turns)
{
	memset(turns, 0, sizeof(*turns));
	pthread_mutex_init(&turns->lock, NULL);
	pthread_cond_init(&turns->given, NULL);
}

void turns_deinit(struct turns *turns)
{
	assert(!turns->first);
	pthread_cond_destroy(&turns->given);
	pthread_mutex_destroy(&turns->lock);
}

void turn_take(
	struct turns *turns, struct turn *turn, const char *id, size_t len)
{
	turn->id = id;
	turn->len = len;
	turn->next = NULL;
	pthread_mutex_lock(&turns->lock);
	turn->prev = turns->last;
	if (turns->last)
		turns->last->next = turn;
	else
		turns->first = turn;
	turns->last = turn;
	pthread_mutex_unlock(&turns->lock);
}

static bool must_wait(const struct turn *turn)
{
	for (const struct turn *t = turn->prev; t; t = t->prev)
		if (t->len == turn->len && !memcmp(t->id, turn->id, t->len))
			return true;
	return false;
}

void turn_wait(struct turns *turns, struct turn *turn)
{
	pthread_mutex_lock(&turns->lock);
	while (must_wait(turn)) {
		turns->n_waiting++;
		pthread_cond_wait(&turns->given, &turns->lock);
		turns->n_waiting--;
	}
	pthread_mutex_unlock(&turns->lock);
}

void turn_give(struct turns *turns, struct turn *turn)
{
	pthread_mutex_lock(&turns->lock);
	if (turn->prev)
		turn->prev->next = turn->next;
	else
		turns->first = turn->next;
	if (turn->next)
		turn->next->prev = turn->prev;
	else
		turns->last = turn->prev;
	if (turns->n_waiting)
		pthread_cond_broadcast(&turns->given);
	pthread_mutex_unlock(&turns->lock);
}
