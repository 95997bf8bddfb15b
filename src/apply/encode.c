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

/* What is no UTF-8 can be no JSON string. */
static json_t *encode_file(const struct file *f)
{
	json_t *text = json_stringn(f->text, f->len);

	return json_pack("{s:s, s:s, s:i, s:i, s:i, s:s, s:o}", "kind", "file", "path", f->path, "mode",
			 (int)f->mode, "uid", (int)f->uid, "gid", (int)f->gid, "as", text ? "text" : "hex",
			 "text", text ? text : hex(f->text, f->len));
}

json_t *encode_value(const struct value *v)
{
	static const char *const kinds[] = { "none", "number", "address", "route", "rule", "file" };
	char text[VALUE_TEXT];

	if (v->kind == VALUE_NONE)
		return json_null();
	if (v->kind == VALUE_NUMBER)
		return json_integer(v->number);
	if (v->kind == VALUE_FILE)
		return encode_file(&v->file);
	auto_msg *m = value_msg(v);
	json_t *j = m ? json_pack("{s:s, s:s, s:o}", "kind", kinds[v->kind], "text",
				  value_text(v, text), "msg", msg_hex(nlmsg_hdr(m))) : NULL;
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

static int file_decode(json_t *j, struct arena *a, struct value *ret, struct err *e)
{
	const char *path = json_string_value(json_object_get(j, "path"));
	const char *as = json_string_value(json_object_get(j, "as"));
	json_t *text = json_object_get(j, "text");
	bool is_hex = as && strcmp(as, "hex") == 0;

	if (!path || path[0] != '/' || !json_is_string(text))
		return err_set(e, -EBADMSG, "a file in it is malformed");
	ret->kind = VALUE_FILE;
	ret->file = (struct file){
		.path = arena_strdup(a, path),
		.text = is_hex ? NULL : arena_strdup(a, json_string_value(text)),
		.len = json_string_length(text),
		.mode = (mode_t)json_integer_value(json_object_get(j, "mode")) & 07777,
		.uid = (uid_t)json_integer_value(json_object_get(j, "uid")),
		.gid = (gid_t)json_integer_value(json_object_get(j, "gid")),
	};
	if (is_hex)
		ret->file.text = (char *)unhex(json_string_value(text), a, &ret->file.len);
	return ret->file.text ? 0 : err_set(e, -EBADMSG, "a file in it is malformed");
}

int decode_value(json_t *j, struct arena *a, struct value *ret, struct err *e)
{
	const char *kind = json_string_value(json_object_get(j, "kind"));
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
	if (strcmp(kind ? kind : "", "file") == 0)
		return file_decode(j, a, ret, e);
	int code = msg_unhex(json_string_value(json_object_get(j, "msg")), a, &r, e);
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
