/* SPDX-License-Identifier: MIT */
/* Addresses that are written once for many ports: "10.{rail}.{host}.1/24". */
#include "intent/template.h"

#include <errno.h>
#include <string.h>

#include "intent/parse.h"

/* IP6_MAX: what four digits of an address can be; they are written as they are, not as a number to base 16. */
enum { WORD_MAX = 24, STEP_MAX = 9999, IP4_MAX = 255, IP6_MAX = 9999 };

struct placeholder {
	char name[WORD_MAX]; /* rail, host */
	int64_t step;
};

bool template_is(const char *text)
{
	return strpbrk(text, "{}");
}

static int unknown(const char *at, size_t len, struct err *e)
{
	return err_set(e, -EINVAL, "unknown placeholder '%.*s': {rail} and {host} are known, with +N or -N behind the word",
		       (int)(len < WORD_MAX ? len : WORD_MAX), at);
}

/* Read the placeholder at *at, which is left behind it. */
static int placeholder_read(const char **at, struct placeholder *ret, struct err *e)
{
	const struct range range = { .max = STEP_MAX };
	size_t len = strcspn(*at, "}"), word = strcspn(*at + 1, "+-}");
	const char *sign = *at + 1 + word;
	char digits[WORD_MAX] = "";
	uint32_t step = 0;

	if (**at != '{' || (*at)[len] != '}')
		return err_set(e, -EINVAL, "a brace without its other one");
	if (word >= sizeof(ret->name) || len >= sizeof(digits))
		return unknown(*at, len + 1, e);
	*ret = (struct placeholder){ 0 };
	memcpy(ret->name, *at + 1, word);
	if (*sign != '}') {
		memcpy(digits, sign + 1, (size_t)(*at + len - sign - 1));
		if (parse_u32(digits, &range, &step, NULL) < 0)
			return unknown(*at, len + 1, e);
	}
	if (strcmp(ret->name, "rail") != 0 && strcmp(ret->name, "host") != 0)
		return unknown(*at, len + 1, e);
	ret->step = *sign == '-' ? -(int64_t)step : step;
	*at += len + 1;
	return 0;
}

static int value_of(const struct placeholder *p, const struct template_values *v, bool ip6, int64_t *ret,
		    struct err *e)
{
	bool rail = strcmp(p->name, "rail") == 0;
	int64_t max = ip6 ? IP6_MAX : IP4_MAX;

	*ret = 1;
	if (!v)
		return 0;
	const struct opt_u32 *base = rail ? &v->rail : &v->host;
	if (base->is != OPT_SET)
		return err_set(e, -EINVAL, "{%s} is not known: %s", p->name,
			       rail ? "rail: says it" : "host: in the intent says it, or --host N");
	*ret = (int64_t)base->v + p->step;
	if (*ret < 0 || *ret > max)
		return err_set(e, -ERANGE, "{%s} makes %lld of it: 0 to %lld is possible", p->name, (long long)*ret,
			       (long long)max);
	return 0;
}

int template_fill(const char *text, const struct template_values *v, struct arena *a, char **ret,
		  struct err *e)
{
	bool ip6 = strchr(text, ':');
	char *to = arena_strdup(a, "");

	while (*text) {
		size_t plain = strcspn(text, "{}");
		struct placeholder p;
		int64_t value = 0;

		to = arena_printf(a, "%s%.*s", to, (int)plain, text);
		text += plain;
		if (!*text)
			break;
		int r = placeholder_read(&text, &p, e);
		if (r == 0)
			r = value_of(&p, v, ip6, &value, e);
		if (r < 0)
			return r;
		to = arena_printf(a, "%s%lld", to, (long long)value);
	}
	*ret = to;
	return 0;
}
