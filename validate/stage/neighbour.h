/* SPDX-License-Identifier: MIT */
/* Stage neighbour: what its checks have in common. i: index of `asked` and `asks` of struct verify. */
#ifndef DOROCE_VALIDATE_STAGE_NEIGHBOUR_H
#define DOROCE_VALIDATE_STAGE_NEIGHBOUR_H

#include "validate/verify.h"

/* "10.0.0.2 (b mlx5_0/1)", "gateway 10.0.0.254" */
char *neighbour_subject(const struct verify *v, size_t i);

/* A failed connect over this neighbour follows from what check c found. */
void neighbour_mark(struct verify *v, size_t i, const struct check *c);

/* Id of the check that found the address silent on every port that asked for it; NULL: somebody answers, or none asked. */
const char *neighbour_explains(const struct verify *v, const struct ip *ip);

/* What silent neighbours are asked on the other ports of this node for, where they do not belong: asked.elsewhere.
 * timeout_ms: for all together. 0, -errno as kern.neigh_ask. */
int neighbour_seek(struct verify *v, unsigned int timeout_ms, struct err *e);

/* The port can not ask neighbours of the family: neighbour.source says why. */
bool neighbour_is_mute(const struct verify *v, const struct port *p, uint8_t family);

#endif
