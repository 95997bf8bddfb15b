/* SPDX-License-Identifier: MIT */
/* Everything that is wrong with an intent, each with its place. */
#include "base/diag.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BEFORE_CARET_MAX = 80, LINE_SHOWN_MAX = 120 };

static int by_place(const void *a, const void *b)
{
	const struct diag_item *x = a, *y = b;

	if (x->place.line != y->place.line)
		return x->place.line < y->place.line ? -1 : 1;
	return (x->place.column > y->place.column) - (x->place.column < y->place.column);
}

static const char *source_line(const char *s, unsigned int line)
{
	while (s && --line) {
		s = strchr(s, '\n');
		s = s ? s + 1 : NULL;
	}
	return s;
}

/* Bytes of the character at s, 0 when it is a control or no UTF-8. */
static size_t char_len(const unsigned char *s)
{
	size_t n = *s >= 0xf0 ? 4 : *s >= 0xe0 ? 3 : *s >= 0xc0 ? 2 : 1;

	if (n == 1)
		return *s == '\t' || (*s >= ' ' && *s < 0x7f);
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return s[0] == 0xc2 && s[1] < 0xa0 ? 0 : n;
}

/* len bytes of s as a terminal may get them */
static char *printable(struct arena *a, const char *s, size_t len)
{
	char *text = arena_printf(a, "%.*s", (int)len, s);

	for (char *c = text; *c;) {
		size_t n = char_len((const unsigned char *)c);

		if (n == 0)
			*c = '?';
		c += n ? n : 1;
	}
	return text;
}

/* The line of the source with a caret below the place, "" where there is none. Of a long line only
 * what is around the place. */
static char *caret_text(struct diag *d, const struct place *p)
{
	const char *line = p->line ? source_line(d->source, p->line) : NULL;

	if (!line)
		return arena_strdup(d->arena, "");
	size_t len = strcspn(line, "\r\n");
	size_t at = min_size(p->column ? p->column - 1 : 0, len);
	size_t skip = at > BEFORE_CARET_MAX ? at - BEFORE_CARET_MAX : 0;
	char *blank = printable(d->arena, line + skip, at - skip);
	for (char *c = blank; *c; c++)
		*c = *c == '\t' ? '\t' : ' ';
	return arena_printf(d->arena, "    %s\n    %s^\n",
			    printable(d->arena, line + skip, min_size(len - skip, LINE_SHOWN_MAX)),
			    blank);
}

static char *item_text(struct diag *d, const struct diag_item *it)
{
	const struct place *p = &it->place;

	if (!p->file)
		return arena_printf(d->arena, "%s\n", it->text);
	if (!p->line)
		return arena_printf(d->arena, "%s: %s\n", p->file, it->text);
	return arena_printf(d->arena, "%s:%u:%u: %s\n%s", p->file, p->line, p->column, it->text,
			    caret_text(d, p));
}

int diag_add(struct diag *d, const struct place *p, const char *fmt, ...)
{
	va_list ap;

	if (d->n++ >= DIAG_MAX)
		return -EINVAL;
	va_start(ap, fmt);
	d->item[d->n - 1] = (struct diag_item){
		.place = p ? *p : (struct place){ 0 },
		.text = arena_vprintf(d->arena, fmt, ap),
	};
	va_end(ap);
	return -EINVAL;
}

char *diag_text(struct diag *d)
{
	size_t kept = min_size(d->n, DIAG_MAX);
	char *text = arena_strdup(d->arena, "");

	qsort(d->item, kept, sizeof(d->item[0]), by_place);
	for (size_t i = 0; i < kept; i++)
		text = arena_printf(d->arena, "%s%s", text, item_text(d, &d->item[i]));
	if (d->n > kept)
		text = arena_printf(d->arena, "%sand %zu more\n", text, d->n - kept);
	return text;
}
