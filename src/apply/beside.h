/* SPDX-License-Identifier: MIT */
/* Addresses and routes beside the changes: what the kernel takes along with these, and its way back. */
#ifndef DOROCE_APPLY_BESIDE_H
#define DOROCE_APPLY_BESIDE_H

#include "apply/undo.h"

/* Those of x that are not in y. */
struct raws raws_minus(const struct raws *x, const struct raws *y, struct arena *a);

/* Those of x that touch a port of the entry. */
struct raws raws_of_entry(const struct raws *x, const struct entry *en, struct arena *a);

/* The message of the index that tells the address or the route v; NULL: there is none. */
const struct raw *raw_of_value(const struct raw_index *raws, const struct value *v);

/* Addresses and routes as values, to be sorted when all are added; anything else is passed over. */
void values_add(struct raw_index *values, const struct value *v, struct arena *a);

/* Those of x that tell none of the values. */
struct raws raws_minus_values(const struct raws *x, const struct raw_index *values, struct arena *a);

/* What is to be there again when the changes of en are taken back, but for what they themselves are: after a
 * crash all that was there before, else what was noted as taken along, and what was there when the undo began
 * (now). Not: what somebody else has put something in the place of, and what was on a port that is gone. */
struct raws beside_wanted(const struct entry *en, const struct raws *now, const struct undo *u, struct arena *a);

/* Put back what of `wanted` is absent now; routes that need others wait for those. Adds to u. */
int beside_put_back(struct kern *k, const struct raws *wanted, struct arena *a, struct undo *u, struct err *e);

#endif
