/* SPDX-License-Identifier: MIT */
/* A text by its lines, some of which are to go: files of others in which a few lines are ours. */
#ifndef DOROCE_BASE_LINES_H
#define DOROCE_BASE_LINES_H

#include "base/arena.h"

/* Behind the line: the begin of the next one, or the NUL. */
const char *line_end(const char *line);

/* True when the line (len bytes, its newline among them) is to go. state: what was met in the lines before. */
typedef bool line_goes_fn(const char *line, size_t len, void *state);

/* The text without the lines that go; a copy in any case. */
char *lines_without(struct arena *a, const char *text, line_goes_fn *goes, void *state);

#endif
