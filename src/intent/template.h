/* SPDX-License-Identifier: MIT */
/* Addresses that are written once for many ports: "10.{rail}.{host}.1/24". */
#ifndef DOROCE_INTENT_TEMPLATE_H
#define DOROCE_INTENT_TEMPLATE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/opt.h"

/* What the placeholders stand for on one port; OPT_UNSET: not known. */
struct template_values {
	struct opt_u32 rail, host;
};

/* True when the text has placeholders: {rail}, {host}, with +N or -N behind the word. */
bool template_is(const char *text);

/* The text with decimal numbers in their place; v NULL: 1 for each, to see whether the rest is right.
 * 0; -EINVAL unknown placeholder, value not known; -ERANGE: below 0, above 255 (IPv6: above 9999). */
int template_fill(const char *text, const struct template_values *v, struct arena *a, char **ret,
		  struct err *e);

#endif
