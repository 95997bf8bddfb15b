/* SPDX-License-Identifier: MIT */
/* Words that were mistyped: which one was meant. */
#include "base/word.h"

#include <string.h>

enum { TYPO_MAX = 2, WORD_MAX = 31 };

size_t word_distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], n = strlen(b);

	if (strnlen(a, WORD_MAX + 1) > WORD_MAX || n > WORD_MAX)
		return WORD_MAX + 1;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0]++;

		for (size_t j = 1; j <= n; j++) {
			size_t best = min_size(min_size(row[j], row[j - 1]) + 1,
					       diagonal + (a[i] != b[j - 1]));

			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[n];
}

size_t word_limit(const char *word)
{
	return min_size(TYPO_MAX + 1, strlen(word));
}

const char *word_nearest(const char *word, const char *const *list)
{
	size_t best = word_limit(word);
	const char *near = NULL;

	for (; *list; list++) {
		size_t far = word_distance(word, *list);

		if (far < best) {
			best = far;
			near = *list;
		}
	}
	return near;
}
