/*
 * Compares two whole trees.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "op.h"

#define PAIRS 4096

/* The inode numbers met so far: one of @a for each of @b and the reverse. */
struct pairs {
	size_t n;
	struct {
		ino_t a, b;
	} pair[PAIRS];
};

struct walk {
	const struct op_options *options;
	struct pairs pairs;
	char *text;
	size_t size;
};

static bool differ(struct walk *walk, const char *path, const char *what,
	const char *a, const char *b)
{
	snprintf(walk->text, walk->size, "%s of \"%s\": %s | %s", what, path, a,
		b);
	return false;
}

static bool same_identity(struct pairs *pairs, ino_t a, ino_t b)
{
	for (size_t i = 0; i < pairs->n; i++)
		if (pairs->pair[i].a == a || pairs->pair[i].b == b)
			return pairs->pair[i].a == a && pairs->pair[i].b == b;
	if (pairs->n < PAIRS) {
		pairs->pair[pairs->n].a = a;
		pairs->pair[pairs->n++].b = b;
	}
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * The names in a directory, sorted, in a new array. Checks as it goes that
 * the inode number of an entry is that of the file.
 */
static long read_names(int dir_fd, char ***namesp, char *odd, size_t size)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;
	char **names = NULL;
	struct stat st;
	long n = 0;

	odd[0] = '\0';
	if (!dir)
		return -errno;
	while ((d = readdir(dir))) {
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		if (!fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
			st.st_ino != d->d_ino)
			snprintf(odd, size,
				"entry \"%.200s\" has d_ino %llu, st_ino %llu",
				d->d_name, (unsigned long long)d->d_ino,
				(unsigned long long)st.st_ino);
		names = reallocarray(names, (size_t)n + 1, sizeof(*names));
		if (!names)
			abort();
		names[n++] = strdup(d->d_name);
	}
	closedir(dir);
	if (n)
		qsort(names, (size_t)n, sizeof(*names), by_name);
	*namesp = names;
	return n;
}

static void free_names(char **names, long n)
{
	for (long i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

static bool dirs_equal(struct walk *walk, int a, int b, const char *path);

static bool nodes_equal(struct walk *walk, int a_dir, int b_dir,
	const char *name, const char *path)
{
	char a_text[OP_PATH], b_text[OP_PATH];
	struct stat a_st, b_st;
	int a, b, r;
	bool equal = true;

	r = describe_node(a_dir, name, walk->options, a_text, sizeof(a_text));
	if (r)
		return differ(walk, path, "lstat", strerror(-r), "there");
	r = describe_node(b_dir, name, walk->options, b_text, sizeof(b_text));
	if (r)
		return differ(walk, path, "lstat", "there", strerror(-r));
	if (strcmp(a_text, b_text))
		return differ(walk, path, "attributes", a_text, b_text);
	if (fstatat(a_dir, name, &a_st, AT_SYMLINK_NOFOLLOW) ||
		fstatat(b_dir, name, &b_st, AT_SYMLINK_NOFOLLOW))
		return differ(walk, path, "second lstat", "", "");
	if (!same_identity(&walk->pairs, a_st.st_ino, b_st.st_ino)) {
		snprintf(a_text, sizeof(a_text), "%ju", (uintmax_t)a_st.st_ino);
		snprintf(b_text, sizeof(b_text), "%ju", (uintmax_t)b_st.st_ino);
		return differ(walk, path, "identity", a_text, b_text);
	}

	if (S_ISLNK(a_st.st_mode)) {
		memset(a_text, 0, sizeof(a_text));
		memset(b_text, 0, sizeof(b_text));
		if (readlinkat(a_dir, name, a_text, sizeof(a_text) - 1) < 0 ||
			readlinkat(b_dir, name, b_text, sizeof(b_text) - 1) < 0)
			return differ(walk, path, "readlink", "", "");
		return !strcmp(a_text, b_text) ||
		       differ(walk, path, "target", a_text, b_text);
	}
	if (!S_ISREG(a_st.st_mode) && !S_ISDIR(a_st.st_mode))
		return true;

	a = openat(a_dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	r = errno;
	b = openat(b_dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (a < 0 || b < 0) {
		/* Neither may be readable for us. */
		if (a >= 0 || b >= 0 || r != errno)
			equal = differ(walk, path, "open",
				a < 0 ? strerror(r) : "opened",
				b < 0 ? strerror(errno) : "opened");
	} else if (S_ISDIR(a_st.st_mode)) {
		equal = dirs_equal(walk, a, b, path);
	} else if (hash_file(a) != hash_file(b)) {
		equal = differ(walk, path, "bytes", "", "");
	}
	if (a >= 0)
		close(a);
	if (b >= 0)
		close(b);
	return equal;
}

static bool dirs_equal(struct walk *walk, int a, int b, const char *path)
{
	char a_odd[512], b_odd[512];
	char **a_names = NULL, **b_names = NULL;
	long a_n = read_names(a, &a_names, a_odd, sizeof(a_odd));
	long b_n = read_names(b, &b_names, b_odd, sizeof(b_odd));
	bool equal = true;

	if (strcmp(a_odd, b_odd))
		equal = differ(walk, path, "d_ino", a_odd, b_odd);
	for (long i = 0; equal && (i < a_n || i < b_n); i++) {
		char *below = NULL;

		if (i >= a_n || i >= b_n || strcmp(a_names[i], b_names[i])) {
			equal = differ(walk, path, "names",
				i < a_n ? a_names[i] : "(end)",
				i < b_n ? b_names[i] : "(end)");
			break;
		}
		if (asprintf(&below, "%s/%s", path, a_names[i]) < 0)
			abort();
		equal = nodes_equal(walk, a, b, a_names[i], below);
		free(below);
	}
	free_names(a_names, a_n);
	free_names(b_names, b_n);
	return equal;
}

bool trees_equal(int a_fd, int b_fd, const struct op_options *options,
	char *text, size_t size)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	bool equal;

	if (!walk)
		abort();
	walk->options = options;
	walk->text = text;
	walk->size = size;
	equal = dirs_equal(walk, a_fd, b_fd, "");
	free(walk);
	return equal;
}
