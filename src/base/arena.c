/* SPDX-License-Identifier: MIT */
/* Memory of one run: allocated piece by piece, freed all at once. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* each chunk is as large as all before it, so that a large run asks the system seldom */
enum { CHUNK_BYTES = 16 * 1024, CHUNK_BYTES_MAX = 1024 * 1024 };

struct arena_chunk {
	struct arena_chunk *older;
	size_t room;
	_Alignas(max_align_t) char bytes[];
};

static struct arena_chunk *chunk_add(struct arena *a, size_t size)
{
	size_t twice = a->chunk ? min_size(2 * a->chunk->room, CHUNK_BYTES_MAX) : CHUNK_BYTES;
	size_t room = size > twice ? size : twice;
	struct arena_chunk *c = malloc(sizeof(*c) + room);

	if (!c) {
		fputs("doroce: out of memory\n", stderr);
		abort();
	}
	c->older = a->chunk;
	c->room = room;
	a->chunk = c;
	a->used = 0;
	return c;
}

void *arena_alloc(struct arena *a, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	size_t need = (size + align - 1) / align * align;

	if (!a->chunk || a->chunk->room - a->used < need)
		chunk_add(a, need);
	void *p = a->chunk->bytes + a->used;
	a->used += need;
	return memset(p, 0, need);
}

void *arena_grow(struct arena *a, const void *p, size_t old, size_t want, size_t item)
{
	void *grown = arena_alloc(a, want * item);

	if (old)
		memcpy(grown, p, old * item);
	return grown;
}

char *arena_strdup(struct arena *a, const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(arena_alloc(a, size), s, size);
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);
	int len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	char *s = arena_alloc(a, (size_t)len + 1);
	vsnprintf(s, (size_t)len + 1, fmt, ap);
	return s;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}

void arena_done(struct arena *a)
{
	while (a->chunk) {
		struct arena_chunk *c = a->chunk;

		a->chunk = c->older;
		free(c);
	}
	a->used = 0;
}
