/* SPDX-License-Identifier: MIT */
/* The kinds of values that keys have: one function for each, named in the tables of keys. */
#ifndef DOROCE_INTENT_KINDS_H
#define DOROCE_INTENT_KINDS_H

#include "intent/keys.h"

key_read_fn kind_u32;	      /* uint32_t within key->range */
key_read_fn kind_opt_u32;     /* struct opt_u32 within key->range */
key_read_fn kind_bool;	      /* bool */
key_read_fn kind_opt_bool;    /* struct opt_u32, 0 or 1 */
key_read_fn kind_word;	      /* uint32_t: one of key->words, off and on also as false and true */
key_read_fn kind_opt_word;    /* struct opt_u32: the same */
key_read_fn kind_text;	      /* const char *, a line */
key_read_fn kind_path;	      /* const char *, from / on */
key_read_fn kind_glob;	      /* const char *, not empty */
key_read_fn kind_prefix;      /* struct prefix */
key_read_fn kind_table;	      /* struct opt_u32, or none */
key_read_fn kind_map;	      /* a mapping with key->sub, its object at key->off */

/* struct opt_list, the places of key->span; all others of it are LIST_UNSAID until a key says something of them. */
key_read_fn kind_numbers;   /* a list of so many numbers or words */
key_read_fn kind_prios;	    /* [3], those that are on, {3: on, 4: off}, none; the others are LIST_ANY */
key_read_fn kind_place_map; /* {26: 3, 48: none}, none; the others are LIST_ANY */
key_null_fn null_list;	    /* LIST_ANY */

/* The value of s itself; every item of a list, which tells its own errors. 0, -errno. */
int slot_prefix(const struct slot *s, struct prefix *ret, struct err *e);
int slot_ip(const struct slot *s, struct ip *ret, struct err *e);
int slot_each(const struct slot *s, key_read_fn *item, struct err *e);

#endif
