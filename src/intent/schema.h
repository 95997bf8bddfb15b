/* SPDX-License-Identifier: MIT */
/* The keys of an intent file. */
#ifndef DOROCE_INTENT_SCHEMA_H
#define DOROCE_INTENT_SCHEMA_H

#include "intent/keys.h"

/* The keys of the outermost mapping; its object is a struct intent. Memory from a. */
const struct keys *schema_new(struct arena *a);

/* The keys of `serve:`; its object is a struct intent. */
extern const struct keys serve_keys;

/* The keys of one profile; its object is a struct profile. */
const struct keys *schema_of_profile(struct arena *a);

#endif
