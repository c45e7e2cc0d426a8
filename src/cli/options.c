/* The classic command line: see options.h. */
#include "cli/options.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/path.h"
#include "util/utf8.h"

#define DEFAULT_GRACE "2s"
#define DEFAULT_TTL   "60s"

enum {
	MULTI = 1, /* may be given more than once */
	NEW = 2,   /* not in 0.2 */
};

/* In the order of the help text, which is also that of complaints. */
static const struct option {
	const char *name;
	const char *value; /* the name of its value; NULL if it takes none */
	unsigned int flags;
	const char *text;
} table[OPTION_N] = {
	[OPTION_ALLOW] = { "allow", "other|root|self", 0,
		"specifies who should have access to the file system "
		"(default: self)" },
	[OPTION_CPU_PROFILE] = { "cpu_profile", "PATH", 0,
		"enables CPU profiling and writes a profile to the given "
		"path" },
	[OPTION_HELP] = { "help", NULL, 0,
		"prints usage information and exits" },
	[OPTION_INPUT] = { "input", "PATH", 0,
		"where to read reconfiguration data from (- for stdin)" },
	[OPTION_MAPPING] = { "mapping", "TYPE:PATH:UNDERLYING_PATH", MULTI,
		"type and locations of a mapping" },
	[OPTION_NODE_CACHE] = { "node_cache", NULL, 0,
		"enables the path-based node cache (known broken)" },
	[OPTION_OUTPUT] = { "output", "PATH", 0,
		"where to write the reconfiguration status to (- for "
		"stdout)" },
	[OPTION_RECONFIG_THREADS] = { "reconfig_threads", "COUNT", 0,
		"number of reconfiguration threads" }, /* the default follows */
	[OPTION_TTL] = { "ttl", "TIMEs", 0,
		"how long the kernel is allowed to keep file metadata "
		"(default: " DEFAULT_TTL ")" },
	[OPTION_VERSION] = { "version", NULL, 0,
		"prints version information and exits" },
	[OPTION_XATTRS] = { "xattrs", NULL, 0,
		"enables support for extended attributes" },

	[OPTION_ANY_ORDER] = { "any-order", NULL, NEW,
		"lets a folder be mapped after what lies below it" },
	[OPTION_DEBUG] = { "debug", NULL, NEW,
		"prints each request and reply to stderr" },
	[OPTION_DIE_WITH_PARENT] = { "die-with-parent", NULL, NEW,
		"unmounts when the process that started this one dies" },
	[OPTION_GRACE] = { "grace", "TIMEs", NEW,
		"how long a file system in use is still served after a "
		"signal (default: " DEFAULT_GRACE ")" },
	[OPTION_HARDLINKS] = { "hardlinks", NULL, NEW,
		"lets link(2) work and shows true link counts" },
	[OPTION_LAZY_TARGETS] = { "lazy-targets", NULL, NEW,
		"checks that underlying paths exist when they are used, not "
		"when they are mapped" },
	[OPTION_NEGATIVE_TTL] = { "negative-ttl", "TIMEs", NEW,
		"how long the kernel is allowed to keep the absence of a "
		"file (default: same as --ttl)" },
	[OPTION_NO_GUARD] = { "no-guard", NULL, NEW,
		"starts no process that unmounts if this one is killed" },
	[OPTION_NO_PASSTHROUGH] = { "no-passthrough", NULL, NEW,
		"serves reads and writes itself, even where the kernel could "
		"do them alone" },
	[OPTION_PROTOCOL] = { "protocol", "0.1|0.2", NEW,
		"format of the reconfiguration data (default: 0.2)" },
	[OPTION_TRANSPORT] = { "transport", "auto|uring|dev", NEW,
		"how requests come from the kernel (default: auto)" },
	[OPTION_WRITABLE_SCAFFOLDS] = { "writable-scaffolds", NULL, NEW,
		"lets files be made in folders that exist only to hold "
		"mappings, if they lie in a writable one" },
};

static enum option_id find_option(const char *name, size_t len)
{
	enum option_id id = 0;

	while (id < OPTION_N && (strncmp(table[id].name, name, len) != 0 ||
					table[id].name[len]))
		id++;
	return id;
}

static int unrecognized(struct sb_error *err, const char *name, size_t len)
{
	sb_error_set(err, "Unrecognized option: '%.*s'", (int)len, name);
	return -EINVAL;
}

/*
 * Takes the option @word, with @next as the word behind it (or NULL).
 * Return: how many words were used, or -EINVAL.
 */
static int take_option(struct options *o, const char *word, const char *next,
	struct sb_error *err)
{
	const char *name = word + 2;
	const char *value = strchr(name, '=');
	size_t len = value ? (size_t)(value - name) : strlen(name);
	enum option_id id;

	if (word[1] != '-') {
		/* There are no short ones: name the first character. */
		len = utf8_length(word + 1, strlen(word + 1));
		return unrecognized(err, word + 1, len ? len : 1);
	}
	id = find_option(name, len);
	if (id == OPTION_N)
		return unrecognized(err, name, len);
	if (!table[id].value && value) {
		sb_error_set(err, "Option '%s' does not take an argument",
			table[id].name);
		return -EINVAL;
	}
	if (table[id].value && !value && !next) {
		sb_error_set(
			err, "Argument to option '%s' missing", table[id].name);
		return -EINVAL;
	}
	o->n_given[id]++;
	if (!table[id].value)
		return 1;
	/* The next word is the value, even if it looks like an option. */
	o->values[id] = value ? value + 1 : next;
	if (id == OPTION_MAPPING)
		o->mapping_words[o->n_mapping_words++] = o->values[id];
	return value ? 1 : 2;
}

int options_parse(
	struct options *o, int argc, char *const argv[], struct sb_error *err)
{
	bool ended = false;
	int r;

	memset(o, 0, sizeof(*o));
	o->mapping_words = calloc((size_t)argc + 1, sizeof(char *));
	o->operands = calloc((size_t)argc + 1, sizeof(char *));
	if (!o->mapping_words || !o->operands) {
		sb_error_set(err, "Out of memory");
		return -ENOMEM;
	}
	for (int i = 0; i < argc;) {
		const char *word = argv[i];

		if (ended || word[0] != '-' || !word[1]) {
			o->operands[o->n_operands++] = word;
			i++;
		} else if (!strcmp(word, "--")) {
			ended = true;
			i++;
		} else {
			r = take_option(o, word,
				i + 1 < argc ? argv[i + 1] : NULL, err);
			if (r < 0)
				return r;
			i += r;
		}
	}
	for (enum option_id id = 0; id < OPTION_N; id++)
		if (o->n_given[id] > 1 && !(table[id].flags & MULTI)) {
			sb_error_set(err, "Option '%s' given more than once",
				table[id].name);
			return -EINVAL;
		}
	return 0;
}

/*
 * A decimal number as Rust's parse() takes it. Return: NULL, or why not, in
 * Rust's words.
 */
static const char *parse_number(
	const char *s, size_t len, uint64_t max, uint64_t *value)
{
	uint64_t n = 0;

	if (len == 0)
		return "cannot parse integer from empty string";
	if (s[0] == '+' && len > 1) {
		s++;
		len--;
	}
	for (size_t i = 0; i < len; i++)
		if (s[i] < '0' || s[i] > '9')
			return "invalid digit found in string";
	for (size_t i = 0; i < len; i++) {
		uint64_t digit = (uint64_t)(s[i] - '0');

		if (n > (max - digit) / 10)
			return "number too large to fit in target type";
		n = n * 10 + digit;
	}
	*value = n;
	return NULL;
}

static int parse_time(const char *s, uint32_t *seconds, struct sb_error *err)
{
	size_t len = strspn(s, "0123456789-");
	const char *why;
	uint64_t value;

	if (!s[len]) {
		sb_error_set(
			err, "invalid time specification %s: missing unit", s);
		return -EINVAL;
	}
	if (strcmp(s + len, "s") != 0) {
		sb_error_set(err,
			"invalid time specification %s: unsupported unit '%s' "
			"(only 's' is allowed)",
			s, s + len);
		return -EINVAL;
	}
	why = parse_number(s, len, UINT32_MAX, &value);
	if (why) {
		sb_error_set(err, "invalid time specification %s: %s", s, why);
		return -EINVAL;
	}
	*seconds = (uint32_t)value;
	return 0;
}

/*
 * Splits @s, which is changed, at colons into at most @max fields. A colon
 * behind a backslash is part of the field, without the backslash; all other
 * backslashes stay. Return: how many fields there are, @max + 1 for more.
 */
static size_t split_fields(char *s, char *fields[], size_t max)
{
	size_t n = 0;
	char *out = s;

	fields[n++] = out;
	for (; *s; s++) {
		if (*s != ':') {
			if (s[0] == '\\' && s[1] == ':')
				s++;
			*out++ = *s;
			continue;
		}
		if (n == max)
			return max + 1;
		*out++ = '\0';
		fields[n++] = out;
	}
	*out = '\0';
	return n;
}

static int parse_mapping_fields(
	struct mapping *m, char *word, struct sb_error *err)
{
	char quoted[PATH_LIMIT / 2];
	char *fields[3];
	char *path;
	int r;

	if (split_fields(word, fields, 3) != 3) {
		sb_error_set(err, "expected three colon-separated fields");
		return -EINVAL;
	}
	if (strcmp(fields[0], "ro") != 0 && strcmp(fields[0], "rw") != 0) {
		sb_error_set(
			err, "type was %s but should be ro or rw", fields[0]);
		return -EINVAL;
	}
	m->writable = !strcmp(fields[0], "rw");
	m->target = strdup(fields[2]);
	m->target_len = strlen(fields[2]);
	m->path = path = malloc(strlen(fields[1]) + 1);
	if (!m->path || !m->target) {
		sb_error_set(err, "Out of memory");
		return -ENOMEM;
	}
	r = path_normalise(
		fields[1], strlen(fields[1]), path, &m->path_len, err);
	if (r < 0)
		return r;
	if (m->target[0] != '/') {
		sb_error_set(err, "path %s is not absolute",
			path_quote(quoted, sizeof(quoted), m->target,
				m->target_len));
		return -EINVAL;
	}
	return 0;
}

static int parse_mappings(struct options *o, struct sb_error *err)
{
	char *word;
	int r = 0;

	o->mappings = calloc(o->n_mapping_words + 1, sizeof(*o->mappings));
	if (!o->mappings) {
		sb_error_set(err, "Out of memory");
		return -ENOMEM;
	}
	for (size_t i = 0; i < o->n_mapping_words && r == 0; i++) {
		word = strdup(o->mapping_words[i]);
		if (!word) {
			sb_error_set(err, "Out of memory");
			return -ENOMEM;
		}
		r = parse_mapping_fields(&o->mappings[i], word, err);
		if (r < 0)
			sb_error_prefix(
				err, "bad mapping %s", o->mapping_words[i]);
		free(word);
	}
	return r;
}

/*
 * One of @n @names, put to @value as its number. @value stays as it is if the
 * option wasn't given.
 */
static int parse_choice(const struct options *o, enum option_id id,
	const char *const names[], int n, const char *choices, int *value,
	struct sb_error *err)
{
	const char *s = o->values[id];

	if (!s)
		return 0;
	for (int i = 0; i < n; i++)
		if (!strcmp(s, names[i])) {
			*value = i;
			return 0;
		}
	sb_error_set(err, "%s must be one of %s", s, choices);
	return -EINVAL;
}

int options_evaluate(struct options *o, struct sb_error *err)
{
	static const char *const allows[] = {
		[ALLOW_SELF] = "self",
		[ALLOW_ROOT] = "root",
		[ALLOW_OTHER] = "other",
	};
	static const char *const protocols[] = {
		[PROTOCOL_0_2] = "0.2",
		[PROTOCOL_0_1] = "0.1",
	};
	static const char *const transports[] = {
		[KFUSE_TRANSPORT_AUTO] = "auto",
		[KFUSE_TRANSPORT_URING] = "uring",
		[KFUSE_TRANSPORT_DEV] = "dev",
	};
	const char *const *values = o->values;
	int allow = ALLOW_SELF, protocol = PROTOCOL_0_2;
	int transport = KFUSE_TRANSPORT_AUTO;
	int r;

	r = parse_choice(o, OPTION_ALLOW, allows, 3, "other, root, or self",
		&allow, err);
	if (r == 0)
		r = parse_mappings(o, err);
	if (r == 0)
		r = parse_time(
			values[OPTION_TTL] ? values[OPTION_TTL] : DEFAULT_TTL,
			&o->ttl_s, err);
	o->negative_ttl_s = o->ttl_s;
	if (r == 0 && values[OPTION_NEGATIVE_TTL])
		r = parse_time(
			values[OPTION_NEGATIVE_TTL], &o->negative_ttl_s, err);
	if (r == 0)
		r = parse_time(values[OPTION_GRACE] ? values[OPTION_GRACE]
						    : DEFAULT_GRACE,
			&o->grace_s, err);
	if (r == 0)
		r = parse_choice(o, OPTION_PROTOCOL, protocols, 2, "0.1 or 0.2",
			&protocol, err);
	if (r == 0)
		r = parse_choice(o, OPTION_TRANSPORT, transports, 3,
			"auto, uring, or dev", &transport, err);
	o->allow = (enum allow)allow;
	o->protocol = (enum protocol)protocol;
	o->transport = (enum kfuse_transport)transport;
	return r;
}

int options_evaluate_rest(struct options *o, struct sb_error *err)
{
	const char *s = o->values[OPTION_RECONFIG_THREADS];
	const char *why;
	uint64_t value;

	o->n_threads = options_cpus();
	if (s) {
		why = parse_number(s, strlen(s), UINT_MAX, &value);
		if (!why && value == 0)
			why = "must be at least 1";
		if (why) {
			sb_error_set(
				err, "invalid thread count %s: %s", s, why);
			return -EINVAL;
		}
		o->n_threads = (unsigned int)value;
	}
	if (o->n_operands != 1) {
		sb_error_set(err, "invalid number of arguments");
		return -EINVAL;
	}
	o->mount_point = o->operands[0];
	return 0;
}

void options_deinit(struct options *o)
{
	for (size_t i = 0; o->mappings && i < o->n_mapping_words; i++) {
		free((char *)o->mappings[i].path);
		free((char *)o->mappings[i].target);
	}
	free(o->mappings);
	free(o->mapping_words);
	free(o->operands);
	memset(o, 0, sizeof(*o));
}

unsigned int options_cpus(void)
{
	cpu_set_t set;
	long n;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return (unsigned int)CPU_COUNT(&set);
	n = sysconf(_SC_NPROCESSORS_ONLN); /* more CPUs than the set holds */
	return n > 0 ? (unsigned int)n : 1;
}

/* Columns of the help text: where descriptions begin, and how wide they are. */
#define TEXT_COLUMN 24
#define TEXT_WIDTH  54

/* Prints @text, broken at spaces, from TEXT_COLUMN on. */
static void print_text(FILE *out, const char *text)
{
	size_t used = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (used && used + 1 + len > TEXT_WIDTH) {
			fprintf(out, "\n%*s", TEXT_COLUMN, "");
			used = 0;
		} else if (used) {
			fputc(' ', out);
			used++;
		}
		fprintf(out, "%.*s", (int)len, text);
		used += len;
		text += len;
		while (*text == ' ')
			text++;
	}
	fputc('\n', out);
}

static void print_option(FILE *out, const struct option *option)
{
	char text[256];
	int n;

	n = fprintf(out, "    --%s%s%s", option->name, option->value ? " " : "",
		option->value ? option->value : "");
	if (n < TEXT_COLUMN)
		fprintf(out, "%*s", TEXT_COLUMN - n, "");
	else
		fprintf(out, "\n%*s", TEXT_COLUMN, "");
	snprintf(text, sizeof(text), "%s", option->text);
	if (option == &table[OPTION_RECONFIG_THREADS])
		snprintf(text, sizeof(text), "%s (default: %u)", option->text,
			options_cpus());
	print_text(out, text);
}

void options_print_help(FILE *out, const char *program)
{
	fprintf(out, "Usage: %s [options] MOUNT_POINT\n\nOptions:\n", program);
	for (int i = 0; i < OPTION_N; i++)
		if (!(table[i].flags & NEW))
			print_option(out, &table[i]);
	fputs("\nOptions that sandboxfs 0.2 doesn't have:\n", out);
	for (int i = 0; i < OPTION_N; i++)
		if (table[i].flags & NEW)
			print_option(out, &table[i]);
	fprintf(out,
		"\nCommands:\n"
		"    %s doctor    says what this host offers and lacks\n",
		program);
}
