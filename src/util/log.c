/* Log lines on standard error: see log.h. */
#include "util/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const level_names[] = {
	[LOG_ERROR] = "ERROR",
	[LOG_WARN] = "WARN",
	[LOG_INFO] = "INFO",
	[LOG_DEBUG] = "DEBUG",
};

static enum log_level log_level = LOG_WARN;

void log_init(void)
{
	const char *env = getenv("RUST_LOG");

	if (!env)
		return;
	if (!strcasecmp(env, "trace")) {
		log_level = LOG_DEBUG;
		return;
	}
	for (int i = LOG_ERROR; i <= LOG_DEBUG; i++)
		if (!strcasecmp(env, level_names[i]))
			log_level = (enum log_level)i;
}

void log_set_level(enum log_level level)
{
	log_level = level;
}

bool log_enabled(enum log_level level)
{
	return level <= log_level;
}

void log_write(enum log_level level, const char *fmt, ...)
{
	char line[4096];
	va_list ap;
	size_t len;
	int n;

	if (!log_enabled(level))
		return;
	len = (size_t)snprintf(line, sizeof(line), "[%s] ", level_names[level]);
	va_start(ap, fmt);
	n = vsnprintf(line + len, sizeof(line) - len - 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	len += (size_t)n;
	if (len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	/* One write, so that lines of several threads don't mix. */
	if (write(STDERR_FILENO, line, len) < 0)
		return; /* nobody left to tell */
}
