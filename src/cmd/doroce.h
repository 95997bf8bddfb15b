/* SPDX-License-Identifier: MIT */
/* The program doRoCE: the values of doRoCE.sh as an intent, and what that script has left on a node. */
#ifndef DOROCE_CMD_DOROCE_H
#define DOROCE_CMD_DOROCE_H

#include "cmd/session.h"

/* The values that the options stand for, into an intent whose defaults have the ToS of -t. With --back_to_def those
 * that the script calls defaults: its priority is that of -t, too. */
void doroce_values(const struct doroce_options *o, struct arena *a, struct intent *in);

/* One buffer for all priorities, as large as all of them together; NULL: it can not be told. seen: of SETTING_BUFFER. */
const uint32_t *doroce_buffer(const struct setting_seen *seen, struct arena *a);

/* The file's text without the lines by which doRoCE.sh has itself run at boot; the same pointer where there are none. */
const char *doroce_hook_without(const char *text, struct arena *a);

/* True when the text is that script. */
bool doroce_is_script(const char *text);

/* What is in the way of the wishes: by --yes it is left out, by --no, or without an answer, nothing is written. For
 * struct options. */
int doroce_review(struct session *s, const struct options *o);

/* For struct session: the script's lines go out of the hooks, and its copy away. */
int doroce_take_over(struct session *s);

/* For struct session: only told. */
int doroce_tell_of_script(struct session *s);

#endif
