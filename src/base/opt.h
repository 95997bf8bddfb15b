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

#endif
