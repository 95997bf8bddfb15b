/* SPDX-License-Identifier: MIT */
/* The kinds of values that keys have: one function for each, named in the tables of keys. */
#ifndef DOROCE_INTENT_KINDS_H
#define DOROCE_INTENT_KINDS_H

#include "intent/keys.h"

key_read_fn kind_u32;	      /* uint32_t within key->range */
key_read_fn kind_opt_u32;     /* struct opt_u32 within key->range */
key_read_fn kind_bool;	      /* bool */
key_read_fn kind_opt_bool;    /* struct opt_u32, 0 or 1 */
key_read_fn kind_glob;	      /* const char *, not empty */
key_read_fn kind_prefix;      /* struct prefix */
key_read_fn kind_table;	      /* struct opt_u32, or none */
key_read_fn kind_map;	      /* a mapping with key->sub, its object at key->off */
key_read_fn kind_none;	      /* the word none; nothing is stored */
key_read_fn kind_unavailable; /* always an error: a key of later versions */

/* The value of s itself; every item of a list, which tells its own errors. 0, -errno. */
int slot_prefix(const struct slot *s, struct prefix *ret, struct err *e);
int slot_ip(const struct slot *s, struct ip *ret, struct err *e);
int slot_each(const struct slot *s, key_read_fn *item, struct err *e);

#endif
