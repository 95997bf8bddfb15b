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

static json_t *hex(const void *bytes, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	auto_free char *text = malloc(2 * n + 1);

	for (size_t i = 0; text && i < n; i++) {
		text[2 * i] = digit[((const uint8_t *)bytes)[i] >> 4];
		text[2 * i + 1] = digit[((const uint8_t *)bytes)[i] & 15];
	}
	return text ? json_stringn_nocheck(text, 2 * n) : NULL;
}

static json_t *msg_hex(const struct nlmsghdr *h)
{
	return hex(h, h->nlmsg_len);
}

/* Bytes of the fixed header of the message: what reads it relies on them. */
static size_t head_size(const struct nlmsghdr *h)
{
	return h->nlmsg_type == RTM_NEWADDR ? sizeof(struct ifaddrmsg) : sizeof(struct rtmsg);
}

static unsigned int nibble(char c)
{
	return (unsigned int)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* NULL: text is no hexadecimal. A NUL follows the *ret_n bytes. */
static uint8_t *unhex(const char *text, struct arena *a, size_t *ret_n)
{
	size_t n = text ? strlen(text) / 2 : 0;
	uint8_t *bytes;

	if (!text || strspn(text, "0123456789abcdef") != 2 * n || text[2 * n])
		return NULL;
	bytes = arena_alloc(a, n + 1);
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(16 * nibble(text[2 * i]) + nibble(text[2 * i + 1]));
	*ret_n = n;
	return bytes;
}

static int msg_unhex(const char *text, struct arena *a, struct raw *ret, struct err *e)
{
	size_t n = 0;
	uint8_t *bytes = unhex(text, a, &n);
	struct nlmsghdr *h = (struct nlmsghdr *)bytes;

	if (!bytes || n < sizeof(*h) || n > MSG_BYTES_MAX || h->nlmsg_len != n || n < sizeof(*h) + head_size(h))
		return err_set(e, -EBADMSG, "a message in it is malformed");
	*ret = raw_copy(h, a);
	return 0;
}

static struct nl_msg *value_msg(const struct value *v)
{
	if (v->kind == VALUE_ADDR)
		return addr_msg(CHANGE_ADD, &v->addr);
	return v->kind == VALUE_ROUTE ? route_msg(CHANGE_ADD, &v->route) : rule_msg(CHANGE_ADD, &v->rule);
}

/* What is no UTF-8 can be no JSON string, and one with a NUL would not be read again. */
static json_t *encode_file(const struct file *f)
{
	json_t *text = memchr(f->text, '\0', f->len) ? NULL : json_stringn(f->text, f->len);

	return json_pack("{s:s, s:i, s:I, s:I, s:o}", "path", f->path, "mode", (int)f->mode, "uid",
			 (json_int_t)f->uid, "gid", (json_int_t)f->gid, text ? "text" : "hex",
			 text ? text : hex(f->text, f->len));
}

/* A place with nothing in it is null. */
static json_t *encode_list(const struct list *l)
{
	json_t *j = json_array();

	for (size_t i = 0; i < l->n; i++)
		json_array_append_new(j, l->at[i] == LIST_NONE ? json_null() : json_integer(l->at[i]));
	return j;
}

json_t *encode_value(const struct value *v)
{
	if (v->kind == VALUE_NONE)
		return json_null();
	if (v->kind == VALUE_NUMBER)
		return json_integer(v->number);
	if (v->kind == VALUE_LIST)
		return encode_list(&v->list);
	if (v->kind == VALUE_FILE)
		return encode_file(&v->file);
	auto_msg *m = value_msg(v);
	json_t *text = m ? msg_hex(nlmsg_hdr(m)) : NULL;
	/* the message tells the first hop alone: the whole route is among the messages of before */
	return text && v->kind == VALUE_ROUTE && v->route.multipath ? json_pack("{s:o}", "multipath", text) : text;
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

static int file_decode(json_t *j, struct arena *a, struct value *ret, struct err *e)
{
	const char *path = NULL, *text = NULL, *digits = NULL;
	json_int_t mode = -1, uid = -1, gid = -1;
	struct file *f = &ret->file;

	ret->kind = VALUE_FILE;
	int r = json_unpack(j, "{s:s, s:I, s:I, s:I, s?s, s?s !}", "path", &path, "mode", &mode, "uid", &uid,
			    "gid", &gid, "text", &text, "hex", &digits);
	if (r < 0 || path[0] != '/' || mode < 0 || mode > 07777 || uid < 0 || uid > UINT32_MAX || gid < 0 ||
	    gid > UINT32_MAX || !text == !digits)
		return err_set(e, -EBADMSG, "a file in it is malformed");
	*f = (struct file){ .path = arena_strdup(a, path), .mode = (mode_t)mode, .uid = (uid_t)uid, .gid = (gid_t)gid };
	f->len = text ? strlen(text) : 0;
	f->text = text ? arena_strdup(a, text) : (char *)unhex(digits, a, &f->len);
	return f->text ? 0 : err_set(e, -EBADMSG, "the text of a file in it is malformed");
}

static int number_decode(json_t *j, struct value *ret, struct err *e)
{
	json_int_t n = json_integer_value(j);

	if (n < 0 || n > UINT32_MAX)
		return err_set(e, -EBADMSG, "a number in it is out of range");
	ret->kind = VALUE_NUMBER;
	ret->number = (uint32_t)n;
	return 0;
}

static int list_decode(json_t *j, struct arena *a, struct value *ret, struct err *e)
{
	size_t n = json_array_size(j);
	uint32_t *at = arena_array(a, uint32_t, n + 1);

	if (!n)
		return err_set(e, -EBADMSG, "a list in it is empty");
	for (size_t i = 0; i < n; i++) {
		json_t *one = json_array_get(j, i);
		json_int_t v = json_is_null(one) ? (json_int_t)LIST_NONE : json_integer_value(one);

		if ((!json_is_null(one) && !json_is_integer(one)) || v < 0 || v > UINT32_MAX)
			return err_set(e, -EBADMSG, "a list of numbers in it is malformed");
		at[i] = (uint32_t)v;
	}
	*ret = (struct value){ .kind = VALUE_LIST, .list = { n, at } };
	return 0;
}

int decode_value(json_t *j, struct arena *a, struct value *ret, struct err *e)
{
	json_t *hops = json_object_get(j, "multipath");
	struct raw raw;

	*ret = (struct value){ 0 };
	if (json_is_null(j))
		return 0;
	if (json_is_integer(j))
		return number_decode(j, ret, e);
	if (json_is_array(j))
		return list_decode(j, a, ret, e);
	if (json_object_get(j, "path"))
		return file_decode(j, a, ret, e);
	int r = msg_unhex(json_string_value(hops ? hops : j), a, &raw, e);
	if (r == 0)
		r = object_decode(&raw, a, ret, e);
	if (r == 0 && hops && ret->kind != VALUE_ROUTE)
		r = err_set(e, -EBADMSG, "a message in it is of an unknown type");
	if (r == 0 && hops)
		ret->route.multipath = true;
	return r;
}

json_t *encode_raws(const struct raws *rs)
{
	json_t *list = json_array();

	for (size_t i = 0; rs && i < rs->n; i++)
		json_array_append_new(list, msg_hex(rs->at[i].h));
	return list;
}

int decode_raws(json_t *j, struct arena *a, struct raws *ret, struct err *e)
{
	for (size_t i = 0; i < json_array_size(j); i++) {
		struct raw r;
		int code = msg_unhex(json_string_value(json_array_get(j, i)), a, &r, e);

		if (code < 0)
			return code;
		*vec_add(a, ret) = r;
	}
	return 0;
}
