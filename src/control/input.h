/* The input of a connection: a descriptor, read in large pieces. */
#ifndef CONTROL_INPUT_H
#define CONTROL_INPUT_H

#include <stdbool.h>
#include <stddef.h>

struct input {
	int fd;      /* -1 once closed */
	int stop_fd; /* borrowed; readable: give up */
	bool eof;
	char *buf;
	size_t start; /* of what has not been used yet */
	size_t end;
};

/* Takes ownership of @fd on success. Return: 0 or -ENOMEM. */
int input_init(struct input *in, int fd, int stop_fd);
void input_deinit(struct input *in);

/* Lets go of the descriptor: whoever writes to it learns of it. */
void input_close(struct input *in);

/*
 * Waits for input; call when all that was there has been used.
 *
 * Return: 1 if there is some, 0 at the end, -ECANCELED when stopped, or
 * another -errno.
 */
int input_fill(struct input *in);

#endif
