/*
 * Strict UTF-8, byte by byte: no over-long forms, no surrogates, nothing
 * above U+10FFFF. A zeroed struct utf8 is between two characters.
 */
#ifndef UTIL_UTF8_H
#define UTIL_UTF8_H

#include <stdbool.h>
#include <stddef.h>

struct utf8 {
	unsigned char need;      /* continuation bytes still to come */
	unsigned char low, high; /* what the next one may be */
};

/* Takes the next byte. Return: false if it can't stand here. */
static inline bool utf8_step(struct utf8 *u, unsigned char c)
{
	if (u->need) {
		if (c < u->low || c > u->high)
			return false;
		u->need--;
		u->low = 0x80;
		u->high = 0xbf;
		return true;
	}
	if (c < 0x80)
		return true;
	u->low = 0x80;
	u->high = 0xbf;
	if (c >= 0xc2 && c <= 0xdf) {
		u->need = 1;
	} else if (c >= 0xe0 && c <= 0xef) {
		u->need = 2;
		if (c == 0xe0)
			u->low = 0xa0;
		if (c == 0xed)
			u->high = 0x9f;
	} else if (c >= 0xf0 && c <= 0xf4) {
		u->need = 3;
		if (c == 0xf0)
			u->low = 0x90;
		if (c == 0xf4)
			u->high = 0x8f;
	} else {
		return false;
	}
	return true;
}

/* Length of the character at the start of @s, 0 if it is none or cut off. */
static inline size_t utf8_length(const char *s, size_t len)
{
	struct utf8 u = { 0 };

	for (size_t i = 0; i < len && utf8_step(&u, (unsigned char)s[i]); i++)
		if (!u.need)
			return i + 1;
	return 0;
}

#endif
