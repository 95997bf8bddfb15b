/* SPDX-License-Identifier: MIT */
/* A wish has three values: not mentioned (left alone), none (removed), a value. */
#ifndef DOROCE_BASE_OPT_H
#define DOROCE_BASE_OPT_H

#include "base/ip.h"

enum opt { OPT_UNSET, OPT_NONE, OPT_SET };

struct opt_u32 {
	enum opt is;
	uint32_t v; /* with OPT_SET */
};

struct opt_ip {
	enum opt is;
	struct ip v; /* with OPT_SET */
};

/* n numbers, as many as the object has places. */
struct list {
	size_t n;
	const uint32_t *at;
};

/* In a wish: this place is not ours. In a value: there is nothing in this place. */
#define LIST_ANY (UINT32_MAX - 1)
#define LIST_NONE UINT32_MAX

/* at NULL: not mentioned. */
struct opt_list {
	struct list v;
	enum opt is;
};

#endif
