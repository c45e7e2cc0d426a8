/* Checking that the targets of mappings exist before they are mapped. */
#ifndef CORE_TARGETS_H
#define CORE_TARGETS_H

#include "core/space.h"

/*
 * Does nothing when the space's option lazy_targets is set.
 *
 * Return: 0, or -errno with @err set for the first mapping whose target is
 * missing, "Cannot map '/p -> /u (read-only)': Stat failed for "/u": ...".
 */
int targets_check(struct space *space, const struct mapping *mappings, size_t n,
	struct sb_error *err);

#endif
