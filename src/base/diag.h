/* SPDX-License-Identifier: MIT */
/* Everything that is wrong with an intent, each with its place: all are reported, not only the first. */
#ifndef DOROCE_BASE_DIAG_H
#define DOROCE_BASE_DIAG_H

#include "base/arena.h"

enum { DIAG_MAX = 20 };

/* Where a value was written. line, column: from 1; line 0: no file (a command line option). */
struct place {
	const char *file;
	unsigned int line;
	unsigned int column;
};

struct diag_item {
	struct place place;
	char *text;
};

/* Set arena and, for carets, source (the whole text of the file); zero the rest.
 * n: errors found, of which the first DIAG_MAX are kept. */
struct diag {
	struct arena *arena;
	const char *source;
	size_t n;
	struct diag_item item[DIAG_MAX];
};

/* Note one error. p may be NULL: the whole intent. Returns -EINVAL. */
int diag_add(struct diag *d, const struct place *p, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* All errors as text for people, by line: "file:line:column: text", the line, a caret. */
char *diag_text(struct diag *d);

#endif
