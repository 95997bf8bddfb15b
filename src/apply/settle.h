/* SPDX-License-Identifier: MIT */
/* IPv6 addresses that were added: they serve when nobody else turned out to have them. */
#ifndef DOROCE_APPLY_SETTLE_H
#define DOROCE_APPLY_SETTLE_H

#include "apply/journal.h"

/* Wait for those of the entry, all ports together: a few seconds at most, none where there is
 * none. Ports without carrier are not waited for, unless the changes set them up. 0; -EADDRINUSE: another host has
 * one, e: "PORT: address A: is in use on this wire by MAC"; -ETIMEDOUT: one is tentative still; -errno. */
int settle(struct kern *k, const struct entry *en, struct arena *a, struct err *e);

#endif
