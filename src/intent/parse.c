/* SPDX-License-Identifier: MIT */
/* Numbers and addresses as people write them, in the intent file or on the command line. */
#include "intent/parse.h"

#include <errno.h>
#include <string.h>

enum { QUOTE_MAX = 60 };

int quote_len(const char *text)
{
	size_t len = strnlen(text, QUOTE_MAX + 1);

	if (len > QUOTE_MAX)
		for (len = QUOTE_MAX; len && ((unsigned char)text[len] & 0xc0) == 0x80;)
			len--;
	return (int)len;
}

static bool is_decimal(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits && !text[digits] && (text[0] != '0' || digits == 1);
}

static int out_of_range(const char *text, const struct range *g, struct err *e)
{
	bool unit = g->unit && *g->unit;

	return err_set(e, -ERANGE, "%.*s is out of range: %u to %u%s%s%s%s", quote_len(text), text,
		       g->min, g->max, unit ? " " : "", unit ? g->unit : "", g->note ? "; " : "",
		       g->note ? g->note : "");
}

int parse_u32(const char *text, const struct range *g, uint32_t *ret, struct err *e)
{
	uint64_t v = 0;

	if (!is_decimal(text))
		return err_set(e, -EINVAL, "a number (decimal digits) is wanted, not '%.*s'",
			       quote_len(text), text);
	for (const char *c = text; *c && v <= UINT32_MAX; c++)
		v = 10 * v + (uint64_t)(*c - '0');
	if (v < g->min || v > g->max)
		return out_of_range(text, g, e);
	*ret = (uint32_t)v;
	return 0;
}

int parse_ip(const char *text, struct ip *ret, struct err *e)
{
	if (ip_parse(text, ret) < 0)
		return err_set(e, -EINVAL, "an address such as 10.1.0.1 is wanted, not '%.*s'",
			       quote_len(text), text);
	return 0;
}

int parse_prefix(const char *text, struct prefix *ret, struct err *e)
{
	struct ip ip;

	if (ip_parse(text, &ip) == 0)
		return err_set(e, -EINVAL, "the prefix length is missing: %s/%d, for example", text,
			       ip.family == AF_INET ? 24 : 64);
	if (prefix_parse(text, ret) < 0)
		return err_set(e, -EINVAL,
			       "an address with its prefix length such as 10.1.0.1/24 is wanted, "
			       "not '%.*s'",
			       quote_len(text), text);
	return 0;
}

int parse_opt_ip(const char *text, struct opt_ip *ret, struct err *e)
{
	struct opt_ip ip = { .is = OPT_NONE };

	if (strcmp(text, "none") != 0) {
		int r = parse_ip(text, &ip.v, e);

		if (r < 0)
			return r;
		ip.is = OPT_SET;
	}
	*ret = ip;
	return 0;
}
