/* SPDX-License-Identifier: MIT */
/* What doroce explain and the manual page say of a name. */
#ifndef DOROCE_CMD_EXPLAIN_H
#define DOROCE_CMD_EXPLAIN_H

#include <jansson.h>

#include "cmd/cmd.h"
#include "intent/setting_keys.h"

enum { KEY_COLUMN = 22 };

enum about_kind { ABOUT_STAGE, ABOUT_CHECK, ABOUT_FINDING, ABOUT_SETTING, ABOUT_KINDS };

/* What is known of one name, from the tables of stages, checks, findings and settings; NULL: there is nothing to say.
 * key: of a setting, in the intent. keys: that one, or those below it, with what each may have. */
struct about {
	enum about_kind kind;
	const char *name, *key, *what, *why, *mend, *source, *note;
	struct key_list keys;
};

struct abouts VEC(struct about);

/* Singular and plural of each kind. */
extern const char *const about_words[ABOUT_KINDS], *const about_plurals[ABOUT_KINDS];

/* Every stage, check, finding and setting, in the order of their tables. */
struct abouts abouts_all(struct arena *a);

/* True when the word is its name, its key or one of its keys. */
bool about_is(const struct about *ab, const char *word);

/* "qos.trust: pcp, dscp"; "mtu: 1280 to 65535 B" */
const char *about_key_text(const struct key *k, struct arena *a);

json_t *about_json(const struct about *ab);

/* The profiles of the intent file, where there is one. EXIT_OK or EXIT_USAGE (printed). */
int profiles_read(const struct options *o, struct arena *a, struct intent *in);

/* Names of doroce's profiles, then those of the file; NULL behind the last. */
const char *profile_name_at(const struct intent *in, size_t i);

void profiles_list(const struct intent *in, struct arena *a);
json_t *profiles_json(const struct intent *in, struct arena *a);

/* One profile that is there. */
void profile_print(const struct options *o, const struct intent *in, const char *name, struct arena *a);

/* The manual page, as roff, on stdout. */
void man_print(struct arena *a);

#endif
