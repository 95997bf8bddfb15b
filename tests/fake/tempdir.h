/* SPDX-License-Identifier: MIT */
/* A directory of the test's own, and the files in it as text. */
#ifndef DOROCE_TESTS_FAKE_TEMPDIR_H
#define DOROCE_TESTS_FAKE_TEMPDIR_H

#include "base/arena.h"

/* A new directory below $TMPDIR or /tmp; tempdir_remove() takes it away with its files. */
int tempdir_new(void);
void tempdir_remove(int dir);

/* What the file holds, NULL: it is not there. Write: anew, or behind what is there. */
char *file_text(int dir, const char *name, struct arena *a);
void file_put(int dir, const char *name, const char *text);
void file_append(int dir, const char *name, const char *text);

/* Cut the last n bytes off; all where there are not as many. */
void file_cut(int dir, const char *name, size_t n);

/* Number of files that are there. */
size_t file_count(int dir);

static inline void tempdir_drop(int *dir)
{
	tempdir_remove(*dir);
}

#define auto_tempdir __attribute__((cleanup(tempdir_drop))) int

#endif
