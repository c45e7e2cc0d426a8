/*
 * A first look at JSON text, for what yajl lets pass.
 *
 * yajl takes over-long UTF-8 forms and encoded surrogates for characters,
 * turns half a surrogate pair (\ud800) into "?" without a word, and takes
 * some control characters for white space. A path must not be changed on its
 * way, so all text goes through here first. Ordinary text passes at memory
 * speed.
 */
#ifndef CONTROL_SCREEN_H
#define CONTROL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "util/utf8.h"

struct screen {
	struct utf8 utf8;
	bool escape;            /* the last byte was a backslash */
	unsigned char hex_left; /* digits of a \uXXXX still to come */
	unsigned short hex;     /* those seen of it */
	enum {
		PAIR_NONE,
		PAIR_BACKSLASH, /* behind half a pair, this must come, */
		PAIR_U,         /* then a "u", */
		PAIR_HEX,       /* then the digits of the other half */
	} pair;
};

/*
 * Looks at the next @len bytes. Return: how many of them may go on; if not
 * all, *@problem says what is wrong with the next one, and the state is as
 * before that one.
 */
size_t screen_run(struct screen *screen, const char *data, size_t len,
	const char **problem);

#endif
