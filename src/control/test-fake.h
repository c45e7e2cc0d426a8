/*
 * For the tests of control: a space that only writes down what it is asked
 * for, and a way to push text through a connection.
 *
 * Link test-fake.c instead of core.
 */
#ifndef CONTROL_TEST_FAKE_H
#define CONTROL_TEST_FAKE_H

#include <stddef.h>

#include "control/codec.h"

/*
 * Calls are written down as "create ID [/p -> /u ro, /p -> /u rw]",
 * "destroy ID", "map /p -> /u ro" and "unmap /p", one per line. A mapping to
 * "/missing" fails, and so does what concerns the id or path "absent".
 */
const char *fake_calls(void);
void fake_reset(void);

/*
 * Called at the start of each create and destroy, without a lock; may be
 * NULL.
 */
extern void (*fake_hook)(const char *id, size_t len);

/*
 * Feeds @text, in pieces of at most @piece bytes, to a new connection, runs
 * what comes out of it, and returns all answers as one string, to be freed.
 * After a fatal error nothing more is fed.
 */
char *fake_talk(
	const struct codec *codec, const char *text, size_t len, size_t piece);

#endif
