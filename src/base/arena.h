/* SPDX-License-Identifier: MIT */
/* Memory of one run: allocated piece by piece, freed all at once. */
#ifndef DOROCE_BASE_ARENA_H
#define DOROCE_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/util.h"

struct arena_chunk;

/* Zero-initialise. Nothing in it is freed alone; arena_done() frees everything. */
struct arena {
	struct arena_chunk *chunk;
	size_t used; /* bytes of the newest chunk */
};

/* size zeroed bytes, aligned for any type. Never NULL: out of memory ends the process with a
 * message, since nothing of use can be done and nothing is half written while planning. */
void *arena_alloc(struct arena *a, size_t size);

/* The array p of old items grown to want items, the rest zeroed. The old one stays in the arena. */
void *arena_grow(struct arena *a, const void *p, size_t old, size_t want, size_t item);

char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap);
void arena_done(struct arena *a);

#define auto_arena __attribute__((cleanup(arena_done))) struct arena

#define arena_new(a, type) ((type *)arena_alloc(a, sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc(a, sizeof(type) * (n)))

/* A growing array in an arena: struct VEC(type) { type *at; size_t n, room; }. */
#define VEC(type)            \
	{                    \
		type *at;    \
		size_t n;    \
		size_t room; \
	}

/* Pointer to a new zeroed item at the end of the vector v. */
#define vec_add(a, v)                                                                          \
	({                                                                                     \
		if ((v)->n == (v)->room) {                                                     \
			size_t room_ = (v)->room ? 2 * (v)->room : 8;                          \
			(v)->at = arena_grow(a, (v)->at, (v)->n, room_, sizeof(*(v)->at));     \
			(v)->room = room_;                                                     \
		}                                                                              \
		&(v)->at[(v)->n++];                                                            \
	})

/* Room for `want` items in all at once: growing by and by leaves as much again in the arena. */
#define vec_reserve(a, v, want)                                                                \
	do {                                                                                   \
		if ((v)->room < (want)) {                                                      \
			(v)->at = arena_grow(a, (v)->at, (v)->n, want, sizeof(*(v)->at));      \
			(v)->room = want;                                                      \
		}                                                                              \
	} while (0)

/* `for vec_each(item, &v)`: item points to each in turn. */
#define vec_each(item, v) (typeof(*(v)->at) *item = (v)->at; (v)->n && item < (v)->at + (v)->n; item++)

#endif
