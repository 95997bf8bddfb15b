/* SPDX-License-Identifier: MIT */
/* What a command prints, from capture_begin() to capture_end(). */
#ifndef DOROCE_TESTS_CAPTURE_H
#define DOROCE_TESTS_CAPTURE_H

#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"

enum { CAPTURE_BYTES = 1 << 18 };

/* to: STDOUT_FILENO or STDERR_FILENO; file: where it goes meanwhile; was: where it went before. */
struct capture {
	int to, file, was;
};

static inline struct capture capture_begin(int to)
{
	char path[] = "/tmp/doroce-printed-XXXXXX";
	struct capture c = { .to = to, .file = mkstemp(path), .was = dup(to) };

	assert_true(c.file >= 0 && c.was >= 0);
	unlink(path);
	fflush(NULL);
	dup2(c.file, to);
	return c;
}

static inline char *capture_end(const struct capture *c, struct arena *a)
{
	char *text = arena_alloc(a, CAPTURE_BYTES);

	fflush(NULL);
	dup2(c->was, c->to);
	assert_true(pread(c->file, text, CAPTURE_BYTES - 1, 0) < CAPTURE_BYTES - 1);
	close(c->file);
	close(c->was);
	return text;
}

#endif
