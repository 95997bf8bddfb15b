/* SPDX-License-Identifier: MIT */
/* The parts of the intent for `doroce reapply` that have a file of their own. */
#ifndef DOROCE_PERSIST_BOOT_H
#define DOROCE_PERSIST_BOOT_H

#include "persist/text.h"

/* `qos:` of a port, or of the node; nothing where nothing of it is wished. indent: spaces before it. */
void boot_qos_text(struct text *t, const struct wish *w, int indent);

#endif
