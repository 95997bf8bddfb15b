/* SPDX-License-Identifier: MIT */
/* Golden files of the backends: tests/data/persist/PLAN/BACKEND/, as they would lie below the root. */
#ifndef DOROCE_TESTS_UNIT_PERSIST_GOLDEN_H
#define DOROCE_TESTS_UNIT_PERSIST_GOLDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fake/plans.h"
#include "fake/must.h"
#include "test.h"

/* Written anew by: DOROCE_GOLDEN=write ctest -R unit_persist; look at the difference then. */
static inline void golden_write(char *path, const char *text)
{
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0755); /* most are there */
		*slash = '/';
	}
	FILE *f = fopen(path, "w");

	must(f && fputs(text, f) >= 0);
	must(fclose(f) == 0);
}

static inline char *golden_read(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = arena_alloc(a, FILE_TEXT_MAX + 1);

	if (!f)
		fail_msg("%s: not there", path);
	must(fread(text, 1, FILE_TEXT_MAX, f) > 0);
	fclose(f);
	return text;
}

/* Every file that is wished is the one of the plan's and backend's folder, below its root. */
static inline void assert_golden(struct arena *a, const char *plan, const char *backend,
				 const struct file_wishes *ws)
{
	const char *order = getenv("DOROCE_GOLDEN");

	assert_true(ws->n > 0);
	for vec_each(w, ws) {
		char *path = arena_printf(a, "data/persist/%s/%s%s", plan, backend, w->path);

		if (order && strcmp(order, "write") == 0)
			golden_write(path, w->text);
		assert_string_equal(w->text, golden_read(a, path));
	}
}

#endif
