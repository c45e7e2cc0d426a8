/*
 * Errors for people.
 *
 * Inside, a fallible function answers with 0 or -errno. Where the failure is
 * to be read by a person (command line, JSON reply, log) it takes a last
 * argument struct sb_error and fills in one line that names the thing, the
 * reason and, where there is one, the remedy. Callers put context in front
 * of it, outermost first, joined by ": ", as in
 * "Failed to mount /mnt: Cannot map '/a -> /b (read-only)': Already mapped".
 */
#ifndef UTIL_ERROR_H
#define UTIL_ERROR_H

#include <stdbool.h>
#include <stddef.h>

struct sb_error {
	char text[4096]; /* NUL-terminated; cut at the end when too long */
};

/* Replaces the text. @err may be NULL. */
void sb_error_set(struct sb_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Puts "CONTEXT: " in front of the text. @err may be NULL. */
void sb_error_prefix(struct sb_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The classic wording of a system error, "No such file or directory
 * (os error 2)". Writes to @buf and returns it. @errnum is positive.
 */
const char *sb_error_os(char *buf, size_t size, int errnum);

#endif
