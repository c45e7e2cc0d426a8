/* A growing run of bytes. A zeroed struct bytes is an empty one. */
#ifndef CONTROL_BYTES_H
#define CONTROL_BYTES_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
	char *data;
	size_t len;
	size_t size;
};

static inline void bytes_deinit(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes){ 0 };
}

/* Makes room for @more bytes behind the end. Return: 0 or -ENOMEM. */
static inline int bytes_reserve(struct bytes *b, size_t more)
{
	size_t size = b->size ? b->size : 4096;
	char *data;

	if (b->size - b->len >= more)
		return 0;
	while (size - b->len < more) {
		if (size > SIZE_MAX / 2)
			return -ENOMEM;
		size *= 2;
	}
	data = realloc(b->data, size);
	if (!data)
		return -ENOMEM;
	b->data = data;
	b->size = size;
	return 0;
}

static inline int bytes_append(struct bytes *b, const void *data, size_t len)
{
	int r = bytes_reserve(b, len);

	if (r < 0)
		return r;
	if (len) /* @data may be NULL then */
		memcpy(b->data + b->len, data, len);
	b->len += len;
	return 0;
}

static inline int bytes_append_text(struct bytes *b, const char *text)
{
	return bytes_append(b, text, strlen(text));
}

#endif
