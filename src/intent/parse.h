/* SPDX-License-Identifier: MIT */
/* Numbers and addresses as people write them, in the intent file or on the command line. */
#ifndef DOROCE_INTENT_PARSE_H
#define DOROCE_INTENT_PARSE_H

#include "base/err.h"
#include "base/opt.h"

/* What a number may be, both ends allowed. unit, note: for messages, may be NULL. */
struct range {
	uint32_t min, max;
	const char *unit, *note;
};

/* Decimal digits: no sign, no leading zero. 0, -EINVAL no number, -ERANGE. */
int parse_u32(const char *text, const struct range *g, uint32_t *ret, struct err *e);

/* An address; with its prefix length. 0, -EINVAL. */
int parse_ip(const char *text, struct ip *ret, struct err *e);
int parse_prefix(const char *text, struct prefix *ret, struct err *e);

/* "none" or an address. Returns as parse_ip. */
int parse_opt_ip(const char *text, struct opt_ip *ret, struct err *e);

/* Bytes of user text to quote in a message ("%.*s"): at most 60, no UTF-8 character cut. */
int quote_len(const char *text);

#endif
