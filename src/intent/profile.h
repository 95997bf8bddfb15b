/* SPDX-License-Identifier: MIT */
/* Values under a name: those that come with doroce, and a site's own. */
#ifndef DOROCE_INTENT_PROFILE_H
#define DOROCE_INTENT_PROFILE_H

#include "intent/intent.h"

enum { PROFILE_BASES_MAX = 8 }; /* profiles in one chain of bases */

/* share/profiles/NAME.yaml as it was when doroce was built; NULL name at the end, by name. */
struct profile_text {
	const char *name, *text;
};

extern const struct profile_text profile_texts[];

/* The profile of the intent, or else that of doroce, with the name; NULL: there is none. "none" is one without
 * values. */
const struct profile *profile_named(const struct intent *in, const char *name, struct arena *a);

/* Every profile that the intent names is there, its own have names of their own and bases that end. 0, -EINVAL with d
 * filled. */
int profiles_check(const struct intent *in, struct arena *a, struct diag *d);

/* The profile with the name and its bases, the lowest first, into at (of PROFILE_BASES_MAX). Returns how many. */
size_t profile_chain(const struct intent *in, const char *name, struct arena *a, const struct profile **at);

#endif
