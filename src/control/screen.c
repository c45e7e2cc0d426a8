/* A first look at JSON text: see screen.h. */
#include "control/screen.h"

#define BLOCK 64

static const char bad_utf8[] = "invalid unicode code point";
static const char bad_pair[] = "lone leading surrogate in hex escape";
static const char bad_control[] = "control character (\\u0000-\\u001F) found";

/* Neither a backslash, nor part of a longer character, nor to be refused. */
static bool is_plain(char c)
{
	/* As a signed char, all above 0x7f are below 0x20 as well. */
	return ((signed char)c >= 0x20 || c == '\n' || c == '\t' ||
		       c == '\r') &&
	       c != '\\';
}

/* A loop without a way out, so that the compiler makes vectors of it. */
static bool all_plain(const char *data)
{
	unsigned int bad = 0;

	for (size_t i = 0; i < BLOCK; i++) {
		signed char c = (signed char)data[i];

		bad |= ((c < 0x20) & (c != '\n') & (c != '\t') & (c != '\r')) |
		       (c == '\\');
	}
	return !bad;
}

static int hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The digits of a \uXXXX. What is no digit at all is for yajl to refuse. */
static const char *step_hex(struct screen *s, unsigned char c)
{
	int digit = hex_value(c);
	unsigned short hex = (unsigned short)(s->hex << 4 | digit);
	bool first_half = (hex & 0xfc00) == 0xd800;
	bool second_half = (hex & 0xfc00) == 0xdc00;

	if (digit < 0) {
		*s = (struct screen){ 0 };
		return NULL;
	}
	if (s->hex_left == 1) {
		if (second_half != (s->pair == PAIR_HEX))
			return bad_pair;
		s->pair = first_half ? PAIR_BACKSLASH : PAIR_NONE;
	}
	s->hex = hex;
	s->hex_left--;
	return NULL;
}

/* Takes one byte. Return: NULL or the problem, with nothing changed. */
static const char *step(struct screen *s, unsigned char c)
{
	if (s->hex_left)
		return step_hex(s, c);
	if (s->pair == PAIR_BACKSLASH && c != '\\')
		return bad_pair;
	if (s->pair == PAIR_U && c != 'u')
		return bad_pair;
	if (s->escape && c == 'u') {
		s->escape = false;
		s->hex = 0;
		s->hex_left = 4;
		if (s->pair)
			s->pair = PAIR_HEX;
		return NULL;
	}
	if (c == '\\' && !s->escape && !s->utf8.need) {
		s->escape = true;
		if (s->pair)
			s->pair = PAIR_U;
		return NULL;
	}
	if (c < 0x20 && !is_plain((char)c))
		return bad_control;
	if (!utf8_step(&s->utf8, c))
		return bad_utf8;
	/* Behind a backslash: which characters may stand there, yajl knows. */
	s->escape = false;
	return NULL;
}

size_t screen_run(struct screen *screen, const char *data, size_t len,
	const char **problem)
{
	size_t i = 0;

	while (i < len) {
		bool between = !screen->utf8.need && !screen->escape &&
			       !screen->hex_left && !screen->pair;

		if (between) {
			while (len - i >= BLOCK && all_plain(data + i))
				i += BLOCK;
			while (i < len && is_plain(data[i]))
				i++;
			if (i == len)
				break;
		}
		*problem = step(screen, (unsigned char)data[i]);
		if (*problem)
			return i;
		i++;
	}
	return len;
}
