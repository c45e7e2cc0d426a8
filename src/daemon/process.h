/*
 * What a daemon sets right about its own process, whatever it inherited.
 */
#ifndef DAEMON_PROCESS_H
#define DAEMON_PROCESS_H

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
 * Kills the process by SIGALRM unless it is called again within @seconds; 0
 * takes it back. The last resort against waiting for ever.
 */
void process_limit(unsigned int seconds);

/* Writes all of @text to @fd, giving up when @fd takes nothing for 1 s. */
void process_write(int fd, const char *text, size_t len);

#endif
