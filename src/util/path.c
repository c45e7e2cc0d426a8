/* Paths as byte strings: see path.h. */
#include "util/path.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/utf8.h"

/* Room for a quoted path in an error's text, with the words around it. */
#define QUOTED_SIZE (sizeof(((struct sb_error *)0)->text) - 64)

/*
 * Takes the next component off the front of [*pos, end), skipping empty ones
 * and ".". Return: its start, NULL at the end.
 */
static const char *next_component(
	const char **pos, const char *end, size_t *len)
{
	while (*pos < end) {
		const char *start = *pos;
		const char *slash = memchr(start, '/', (size_t)(end - start));

		*len = (size_t)((slash ? slash : end) - start);
		*pos = slash ? slash + 1 : end;
		if (*len > 1 || (*len == 1 && start[0] != '.'))
			return start;
	}
	return NULL;
}

static bool is_dotdot(const char *component, size_t len)
{
	return len == 2 && component[0] == '.' && component[1] == '.';
}

int path_append(char *out, size_t *out_len, const char *in, size_t len)
{
	const char *end = in + len;
	const char *component;
	size_t at = *out_len;
	size_t n;

	while ((component = next_component(&in, end, &n))) {
		if (is_dotdot(component, n))
			return -EINVAL;
		if (at > 1)
			out[at++] = '/';
		memcpy(out + at, component, n);
		at += n;
	}
	*out_len = at;
	return 0;
}

int path_normalise(const char *in, size_t len, char *out, size_t *out_len,
	struct sb_error *err)
{
	const char *problem = NULL;
	char quoted[QUOTED_SIZE];

	*out_len = 1;
	if (len == 0 || in[0] != '/') {
		problem = "is not absolute";
	} else if (memchr(in, '\0', len)) {
		problem = "contains a NUL byte";
	} else {
		out[0] = '/';
		if (path_append(out, out_len, in, len) < 0)
			problem = "is not normalized";
	}
	if (problem) {
		sb_error_set(err, "path %s %s",
			path_quote(quoted, sizeof(quoted), in, len), problem);
		return -EINVAL;
	}
	out[*out_len] = '\0';
	return 0;
}

bool path_same(const char *a, size_t a_len, const char *b, size_t b_len)
{
	const char *a_end = a + a_len;
	const char *b_end = b + b_len;
	const char *ac, *bc;
	size_t an, bn;

	if ((a_len && a[0] == '/') != (b_len && b[0] == '/'))
		return false;
	for (;;) {
		ac = next_component(&a, a_end, &an);
		bc = next_component(&b, b_end, &bn);
		if (!ac || !bc)
			return !ac && !bc;
		if (an != bn || memcmp(ac, bc, an) != 0)
			return false;
	}
}

/* Writes the escaped form of the first character of @s to @out. */
static size_t escape(char out[8], const char *s, size_t len, size_t *used)
{
	unsigned char c = (unsigned char)s[0];
	size_t n = utf8_length(s, len);
	const char *special = memchr("\"\\\n\r\t", c, 5);

	*used = n ? n : 1;
	if (special) {
		out[0] = '\\';
		out[1] = "\"\\nrt"[special - "\"\\\n\r\t"];
		return 2;
	}
	if (!n)
		return (size_t)sprintf(out, "\\x%02x", c);
	if (!c)
		return (size_t)sprintf(out, "\\0");
	if (c < 0x20 || c == 0x7f)
		return (size_t)sprintf(out, "\\u{%x}", c);
	memcpy(out, s, n);
	return n;
}

const char *path_quote(char *buf, size_t size, const char *path, size_t len)
{
	char piece[8];
	size_t at = 1;
	size_t cut = 1; /* the last place with room for "...", quote and NUL */
	size_t i = 0;

	buf[0] = '"';
	while (i < len) {
		size_t used;
		size_t n = escape(piece, path + i, len - i, &used);

		if (at + n + 2 > size) {
			memcpy(buf + cut, "...", 3);
			at = cut + 3;
			break;
		}
		memcpy(buf + at, piece, n);
		at += n;
		i += used;
		if (at + 5 <= size)
			cut = at;
	}
	buf[at++] = '"';
	buf[at] = '\0';
	return buf;
}
