/* SPDX-License-Identifier: MIT */
/* Words that were mistyped: which one was meant. */
#ifndef DOROCE_BASE_WORD_H
#define DOROCE_BASE_WORD_H

#include "base/util.h"

/* Letters to put in, take out or exchange to make b of a; more than any limit for words too long. */
size_t word_distance(const char *a, const char *b);

/* Distances below this are near enough for "did you mean". */
size_t word_limit(const char *word);

/* The word of the NULL-terminated list that is nearest to the one given, NULL when none is near. */
const char *word_nearest(const char *word, const char *const *list);

#endif
