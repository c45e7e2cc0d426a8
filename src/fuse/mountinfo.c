/* The mount table: see mountinfo.h. */
#include "fuse/mountinfo.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

/*
 * The next field of *@linep, ended by a space or the end of the line. Fields
 * are never empty but for the source, which some file systems leave out.
 */
static char *next_field(char **linep)
{
	char *field = *linep;

	if (!field)
		return NULL;
	*linep = strchr(field, ' ');
	if (*linep)
		*(*linep)++ = '\0';
	return field;
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Turns \040 and the like back, in place. */
static void unescape(char *s)
{
	char *out = s;

	while (*s) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' &&
			is_octal(s[2]) && is_octal(s[3])) {
			*out++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 |
					(s[3] - '0'));
			s += 4;
		} else {
			*out++ = *s++;
		}
	}
	*out = '\0';
}

/* A decimal number that ends at @end. Return: 0 or -EINVAL. */
static int parse_number(const char *s, char end, uint32_t max,
	const char **restp, uint32_t *value)
{
	uint64_t n = 0;
	const char *p;

	for (p = s; *p >= '0' && *p <= '9'; p++) {
		n = n * 10 + (uint64_t)(*p - '0');
		if (n > max)
			return -EINVAL;
	}
	if (p == s || *p != end)
		return -EINVAL;
	if (restp)
		*restp = p + 1;
	*value = (uint32_t)n;
	return 0;
}

int mountinfo_parse(char *line, struct mountinfo *info)
{
	uint32_t id, parent, major, minor;
	char *root, *point, *type, *source, *field;
	const char *rest;

	field = next_field(&line);
	if (!field || parse_number(field, '\0', INT32_MAX, NULL, &id) < 0)
		return -EINVAL;
	field = next_field(&line);
	if (!field || parse_number(field, '\0', INT32_MAX, NULL, &parent) < 0)
		return -EINVAL;
	field = next_field(&line);
	if (!field || parse_number(field, ':', UINT32_MAX, &rest, &major) < 0 ||
		parse_number(rest, '\0', UINT32_MAX, NULL, &minor) < 0)
		return -EINVAL;
	root = next_field(&line);
	point = next_field(&line);
	if (!point || root[0] != '/' || point[0] != '/')
		return -EINVAL;

	/* Mount options, then any number of tags up to a lone hyphen. */
	next_field(&line);
	do {
		field = next_field(&line);
		if (!field)
			return -EINVAL;
	} while (strcmp(field, "-") != 0);
	type = next_field(&line);
	source = next_field(&line);
	if (!source || !type[0])
		return -EINVAL;

	unescape(root);
	unescape(point);
	unescape(type);
	unescape(source);
	*info = (struct mountinfo){
		.id = (int)id,
		.parent_id = (int)parent,
		.dev = makedev(major, minor),
		.root = root,
		.mount_point = point,
		.type = type,
		.source = source,
	};
	return 0;
}

int mountinfo_walk(const char *file,
	int (*visit)(const struct mountinfo *info, void *ctx), void *ctx)
{
	struct mountinfo info;
	size_t size = 0;
	char *line = NULL;
	ssize_t len;
	FILE *in;
	int r = 0;

	in = fopen(file, "re");
	if (!in)
		return -errno;
	while (!r && (errno = 0, len = getline(&line, &size, in)) >= 0) {
		if (len > 0 && line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (mountinfo_parse(line, &info) == 0)
			r = visit(&info, ctx);
	}
	if (!r && !feof(in))
		r = errno ? -errno : -EIO;
	free(line);
	fclose(in);
	return r;
}

bool mountinfo_is_sandboxfs(const struct mountinfo *info)
{
	/* Versions before 0.1 had a subtype. */
	return (!strcmp(info->type, "fuse") ||
		       !strcmp(info->type, "fuse.sandboxfs")) &&
	       !strcmp(info->source, "sandboxfs");
}
