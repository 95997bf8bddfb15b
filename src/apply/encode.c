/* SPDX-License-Identifier: MIT */
/* Values of a plan as JSON and back: numbers as such, objects as the kernel's message in hexadecimal. */
#include "apply/encode.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kern/netlink.h"

enum { MSG_BYTES_MAX = 64 * 1024 };

static json_t *hex(const struct nlmsghdr *h)
{
	static const char digit[] = "0123456789abcdef";
	auto_free char *text = malloc(2 * (size_t)h->nlmsg_len);

	for (size_t i = 0; text && i < h->nlmsg_len; i++) {
		text[2 * i] = digit[((const uint8_t *)h)[i] >> 4];
		text[2 * i + 1] = digit[((const uint8_t *)h)[i] & 15];
	}
	return text ? json_stringn_nocheck(text, 2 * (size_t)h->nlmsg_len) : NULL;
}

/* Bytes of the fixed header of the message: what reads it relies on them. */
static size_t head_size(const struct nlmsghdr *h)
{
	return h->nlmsg_type == RTM_NEWADDR ? sizeof(struct ifaddrmsg) : sizeof(struct rtmsg);
}

static int unhex(const char *text, struct arena *a, struct raw *ret, struct err *e)
{
	size_t n = text ? strlen(text) / 2 : 0;
	bool good = n >= sizeof(struct nlmsghdr) && n <= MSG_BYTES_MAX &&
		    strspn(text, "0123456789abcdef") == 2 * n && !text[2 * n];
	uint8_t *bytes = good ? arena_alloc(a, n) : NULL;
	const struct nlmsghdr *h = (const struct nlmsghdr *)bytes;

	for (size_t i = 0; i < n && good; i++) {
		unsigned int b = 0;

		good = sscanf(text + 2 * i, "%2x", &b) == 1;
		bytes[i] = (uint8_t)b;
	}
	if (!good || h->nlmsg_len != n || n < sizeof(*h) + head_size(h))
		return err_set(e, -EBADMSG, "a message in it is malformed");
	*ret = raw_copy((struct nlmsghdr *)bytes, a);
	return 0;
}

static struct nl_msg *value_msg(const struct value *v)
{
	if (v->kind == VALUE_ADDR)
		return addr_msg(CHANGE_ADD, &v->addr);
	return v->kind == VALUE_ROUTE ? route_msg(CHANGE_ADD, &v->route) : rule_msg(CHANGE_ADD, &v->rule);
}

json_t *encode_value(const struct value *v)
{
	static const char *const kinds[] = { "none", "number", "address", "route", "rule" };
	char text[VALUE_TEXT];

	if (v->kind == VALUE_NONE)
		return json_null();
	if (v->kind == VALUE_NUMBER)
		return json_integer(v->number);
	auto_msg *m = value_msg(v);
	json_t *j = m ? json_pack("{s:s, s:s, s:o}", "kind", kinds[v->kind], "text",
				  value_text(v, text), "msg", hex(nlmsg_hdr(m))) : NULL;
	/* the message tells the first hop alone: the whole route is among the messages of before */
	if (j && v->kind == VALUE_ROUTE && v->route.multipath)
		json_object_set_new(j, "multipath", json_true());
	return j;
}

static int object_decode(const struct raw *r, struct arena *a, struct value *ret, struct err *e)
{
	struct routes rs = { 0 };
	int code;

	switch (r->h->nlmsg_type) {
	case RTM_NEWADDR:
		ret->kind = VALUE_ADDR;
		return addr_of_msg(r->h, &ret->addr, e);
	case RTM_NEWRULE:
		ret->kind = VALUE_RULE;
		return rule_of_msg(r->h, &ret->rule, e);
	case RTM_NEWROUTE:
		ret->kind = VALUE_ROUTE;
		code = route_of_msg(r->h, a, &rs, e);
		if (code == 0 && rs.n)
			ret->route = rs.at[0];
		return code;
	}
	return err_set(e, -EBADMSG, "a message in it is of an unknown type");
}

int decode_value(json_t *j, struct arena *a, struct value *ret, struct err *e)
{
	struct raw r;

	*ret = (struct value){ 0 };
	if (json_is_null(j))
		return 0;
	if (json_is_integer(j)) {
		if (json_integer_value(j) < 0 || json_integer_value(j) > UINT32_MAX)
			return err_set(e, -EBADMSG, "a number in it is out of range");
		ret->kind = VALUE_NUMBER;
		ret->number = (uint32_t)json_integer_value(j);
		return 0;
	}
	int code = unhex(json_string_value(json_object_get(j, "msg")), a, &r, e);
	if (code == 0)
		code = object_decode(&r, a, ret, e);
	if (code == 0 && ret->kind == VALUE_ROUTE)
		ret->route.multipath = json_is_true(json_object_get(j, "multipath"));
	return code;
}

json_t *encode_raws(const struct raws *rs)
{
	json_t *list = json_array();

	for (size_t i = 0; rs && i < rs->n; i++)
		json_array_append_new(list, hex(rs->at[i].h));
	return list;
}

int decode_raws(json_t *j, struct arena *a, struct raws *ret, struct err *e)
{
	for (size_t i = 0; i < json_array_size(j); i++) {
		struct raw r;
		int code = unhex(json_string_value(json_array_get(j, i)), a, &r, e);

		if (code < 0)
			return code;
		*vec_add(a, ret) = r;
	}
	return 0;
}
