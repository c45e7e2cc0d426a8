/*
 * Log lines on standard error, one write(2) each: "[LEVEL] text".
 *
 * The level comes from RUST_LOG (error, warn, info, debug), as users of
 * sandboxfs 0.2 know it; the default is warn. --debug raises it to debug.
 */
#ifndef UTIL_LOG_H
#define UTIL_LOG_H

#include <stdbool.h>

enum log_level {
	LOG_ERROR,
	LOG_WARN,
	LOG_INFO,
	LOG_DEBUG,
};

/* Reads the level from the environment. Call once, before threads start. */
void log_init(void);
void log_set_level(enum log_level level);
bool log_enabled(enum log_level level);

/* @fmt has no newline at its end; lines are cut at 4096 bytes. */
void log_write(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_write(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...)                                                         \
	do {                                                                   \
		if (log_enabled(LOG_DEBUG))                                    \
			log_write(LOG_DEBUG, __VA_ARGS__);                     \
	} while (0)

#endif
