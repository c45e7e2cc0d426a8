/*
 * Paths as byte strings of a given length.
 *
 * A path is *normal* here if it is absolute and has no empty, "." or ".."
 * component and no slash at its end (but for "/" itself). Nothing here looks
 * at the file system.
 */
#ifndef UTIL_PATH_H
#define UTIL_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

/* The longest path that is taken from outside, in bytes. */
#define PATH_LIMIT 4096

/*
 * Writes the normal form of @in to @out (of at least @len + 1 bytes, at
 * another place), NUL-terminated: "//" and "/." are squashed, a slash at the
 * end is dropped. The empty path is relative.
 *
 * Return: 0, or -EINVAL with @err set: the path is not absolute, has a ".."
 * or a NUL byte.
 */
int path_normalise(const char *in, size_t len, char *out, size_t *out_len,
	struct sb_error *err);

/*
 * Appends the components of @in, wherever its slashes are, to the normal path
 * @out of @out_len bytes, which has room for 1 + @len more. No NUL is put
 * behind it.
 *
 * Return: 0, or -EINVAL for a "..": @out_len is then as it was.
 */
int path_append(char *out, size_t *out_len, const char *in, size_t len);

/* Both have the same components, and are both absolute or both relative. */
bool path_same(const char *a, size_t a_len, const char *b, size_t b_len);

/*
 * Writes @path to @buf in double quotes for a message, with what can't be
 * read escaped ("a\nb", "a\"b", "a\xff"), and cut off with "..." where @buf
 * (of at least 8 bytes) ends. Returns @buf.
 */
const char *path_quote(char *buf, size_t size, const char *path, size_t len);

#endif
