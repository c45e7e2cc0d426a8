/* Errors for people: see error.h. */
#include "util/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sb_error_set(struct sb_error *err, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
}

void sb_error_prefix(struct sb_error *err, const char *fmt, ...)
{
	struct sb_error old;
	va_list ap;
	int n;

	if (!err)
		return;
	old = *err;
	va_start(ap, fmt);
	n = vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(err->text))
		return;
	/* The precision says what the compiler can't know: cut, not fail. */
	snprintf(err->text + n, sizeof(err->text) - (size_t)n, ": %.*s",
		(int)(sizeof(err->text) - (size_t)n), old.text);
}

const char *sb_error_os(char *buf, size_t size, int errnum)
{
	char text[128];

	/* The GNU strerror_r: may return a constant instead of text[]. */
	snprintf(buf, size, "%s (os error %d)",
		strerror_r(errnum, text, sizeof(text)), errnum);
	return buf;
}
