/* SPDX-License-Identifier: MIT */
/* Two texts compared line by line, for people. */
#include "base/diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum {
	AROUND = 2,
	CELLS_MAX = 4 * 1024 * 1024, /* above, what lies between is told as replaced whole */
};

struct line {
	const char *at;
	int len;
};

struct lines VEC(struct line);

static struct lines lines_of(struct arena *a, const char *text)
{
	struct lines v = { 0 };

	while (*text) {
		size_t n = strcspn(text, "\n");

		*vec_add(a, &v) = (struct line){ text, (int)n };
		text += n + (text[n] == '\n');
	}
	return v;
}

static bool line_equal(const struct line *x, const struct line *y)
{
	return x->len == y->len && memcmp(x->at, y->at, (size_t)x->len) == 0;
}

/* One line of the outcome: ' ' in both, '-', '+'. */
struct edit {
	char sign;
	struct line line;
};

struct edits VEC(struct edit);

/* Longest common subsequence of the rests from (i, j) on: a table of (n + 1) x (m + 1). */
static uint32_t *lcs_table(struct arena *a, const struct line *x, size_t n, const struct line *y, size_t m)
{
	uint32_t *t = arena_array(a, uint32_t, (n + 1) * (m + 1));

	for (size_t i = n; i-- > 0;)
		for (size_t j = m; j-- > 0;) {
			uint32_t *at = &t[i * (m + 1) + j];

			*at = line_equal(&x[i], &y[j]) ? at[m + 2] + 1 : max_u32(at[1], at[m + 1]);
		}
	return t;
}

static void edit_add(struct arena *a, struct edits *v, char sign, const struct line *l)
{
	*vec_add(a, v) = (struct edit){ sign, *l };
}

static void middle_add(struct arena *a, struct edits *v, const struct line *x, size_t n, const struct line *y,
		       size_t m)
{
	bool small = (n + 1) * (m + 1) <= CELLS_MAX;
	const uint32_t *t = small ? lcs_table(a, x, n, y, m) : NULL;
	size_t i = 0, j = 0;

	while (i < n || j < m) {
		const uint32_t *at = t ? &t[i * (m + 1) + j] : NULL;

		if (t && i < n && j < m && line_equal(&x[i], &y[j])) {
			edit_add(a, v, ' ', &x[i++]);
			j++;
		} else if (i < n && (j == m || !t || at[m + 1] >= at[1])) {
			edit_add(a, v, '-', &x[i++]);
		} else {
			edit_add(a, v, '+', &y[j++]);
		}
	}
}

static struct edits edits_of(struct arena *a, const struct lines *x, const struct lines *y)
{
	struct edits v = { 0 };
	size_t same = 0, end = 0, least = min_size(x->n, y->n);

	while (same < least && line_equal(&x->at[same], &y->at[same]))
		edit_add(a, &v, ' ', &x->at[same++]);
	while (end < least - same && line_equal(&x->at[x->n - 1 - end], &y->at[y->n - 1 - end]))
		end++;
	middle_add(a, &v, x->at + same, x->n - same - end, y->at + same, y->n - same - end);
	for (size_t i = x->n - end; i < x->n; i++)
		edit_add(a, &v, ' ', &x->at[i]);
	return v;
}

static bool is_near_change(const struct edits *v, size_t i)
{
	size_t from = i < AROUND ? 0 : i - AROUND;

	for (size_t k = from; k <= i + AROUND && k < v->n; k++)
		if (v->at[k].sign != ' ')
			return true;
	return false;
}

static char *edits_text(struct arena *a, const struct edits *v)
{
	auto_free char *text = NULL;
	bool left_out = false, any = false;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	for (size_t i = 0; f && i < v->n; i++) {
		bool near = is_near_change(v, i);

		if (near && left_out)
			fputs("...\n", f);
		if (near)
			fprintf(f, "%c%.*s\n", v->at[i].sign, v->at[i].line.len, v->at[i].line.at);
		any |= near;
		left_out = !near && any;
	}
	if (f)
		fclose(f);
	return arena_strdup(a, text ? text : "");
}

char *diff_text(struct arena *a, const char *from, const char *to)
{
	auto_arena work = { 0 };
	struct lines x = lines_of(&work, from), y = lines_of(&work, to);
	struct edits v = edits_of(&work, &x, &y);

	return edits_text(a, &v);
}
