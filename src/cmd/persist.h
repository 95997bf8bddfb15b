/* SPDX-License-Identifier: MIT */
/* The wishes as files of the network manager: which one, its files read, what shall be in them. */
#ifndef DOROCE_CMD_PERSIST_H
#define DOROCE_CMD_PERSIST_H

#include "cmd/session.h"

/* What --persist, --no-persist and `persist:` of the intent say. EXIT_OK; s->persist.wanted is false where files
 * are left alone; EXIT_USAGE, EXIT_FAILED (printed): no such backend, or none for this node. */
int persist_choose(struct session *s, const struct options *o);

/* Read the files and add to s->wishes.files what shall be in them, to s->remarks what there is to say. Nothing
 * where files are left alone. EXIT_OK, or EXIT_FAILED (printed): one of them can not be put back as it was, or
 * is somebody else's. */
int persist_wish(struct session *s);

/* Before the first change: all of them can be written, and no note is fatal. EXIT_OK, EXIT_FAILED (printed). */
int persist_check(struct session *s);

/* Have the manager read its files again. 0, -errno with e filled; nothing where it needs no command for it. */
int persist_reload(struct kern *k, const struct backend *b, struct err *e);

/* "networkctl reload": the command for people; NULL: there is none. */
const char *persist_reload_text(const struct backend *b, struct arena *a);

#endif
