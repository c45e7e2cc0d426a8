/*
 * uthash as core uses it: tables grow at 4 entries a bucket instead of 10, for
 * every lookup of a new file walks a whole chain, twice.
 */
#ifndef CORE_HASH_H
#define CORE_HASH_H

#define HASH_BKT_CAPACITY_THRESH 4
#include <uthash.h>

#endif
