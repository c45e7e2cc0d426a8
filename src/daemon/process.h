/*
 * What a daemon sets right about its own process, whatever it inherited.
 */
#ifndef DAEMON_PROCESS_H
#define DAEMON_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Call first thing in main(). Standard streams that are closed become
 * /dev/null, so that no other file gets their numbers. Termination signals
 * kill until they are blocked, even if they were ignored or blocked before
 * (a shell does so for background jobs); SIGPIPE is ignored and SIGUSR1 waits
 * until somebody listens. No umask; as many open files as we are allowed.
 */
void process_prepare(void);

/*
 * Blocks HUP, INT, QUIT, TERM and USR1 for this thread and those it starts.
 * Return: a signalfd for them (non-blocking), or -errno.
 */
int process_take_signals(void);

/*
 * Ends the process with status 1 unless it is called again within @seconds; 0
 * takes it back. The last resort against waiting for ever.
 */
void process_limit(unsigned int seconds);

/*
 * Whether @fd takes a line without making us wait; gives it a moment. Whoever
 * holds the other end of our standard error may have stopped reading it.
 */
bool process_can_write(int fd);

/* Writes all of @text to @fd, unless that would make us wait. */
void process_write(int fd, const char *text, size_t len);

#endif
