/* SPDX-License-Identifier: MIT */
/* The keys that the settings bring along: numbers from their table, lists from rows here. */
#ifndef DOROCE_INTENT_SETTING_KEYS_H
#define DOROCE_INTENT_SETTING_KEYS_H

#include "intent/keys.h"
#include "setting/setting.h"

struct key_list VEC(struct key);

void keys_add(struct arena *a, struct key_list *l, const struct key *rows, size_t n);
const struct keys *keys_done(struct arena *a, const struct key_list *l);

/* Add to l the keys of settings whose path starts with `below` ("qos."; "": all), of a struct port_intent; those that
 * have more dots in it as groups. */
void setting_keys_add(struct arena *a, struct key_list *l, const char *below);

/* The key of one setting that is a number. */
struct key setting_key(enum setting_id id);

/* All keys that say something of one setting; none: it follows from others. */
struct key_list setting_keys_of(struct arena *a, enum setting_id id);

#endif
