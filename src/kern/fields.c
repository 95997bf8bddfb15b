/* SPDX-License-Identifier: MIT */
/* One list per kernel object: message, reader and comparison come from the same rows. */
#include "kern/fields.h"

#include <errno.h>
#include <netlink/attr.h>
#include <string.h>

/* Bytes to send for member p, 0 when it is not given. */
static size_t given_size(const struct field *f, const void *p)
{
	static const uint8_t zero[32];

	switch (f->kind) {
	case FIELD_IP:
		return ip_size(((const struct ip *)p)->family);
	case FIELD_STRING:
		return *(const char *)p ? strnlen(p, f->size - 1u) + 1 : 0;
	case FIELD_BYTES:
		break;
	}
	return memcmp(p, zero, f->size) ? f->size : 0;
}

int fields_put(struct nl_msg *m, const struct field *f, size_t n, const void *obj)
{
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		const char *p = (const char *)obj + f[i].off;
		size_t size = given_size(&f[i], p);

		if (f[i].kind == FIELD_IP)
			p = (const char *)((const struct ip *)p)->bytes;
		if (size)
			r |= nla_put(m, f[i].attr, (int)size, p);
	}
	return r < 0 ? -ENOMEM : 0;
}

static int field_get(const struct nlattr *a, const struct field *f, uint8_t family, void *p)
{
	size_t len = (size_t)nla_len(a);

	switch (f->kind) {
	case FIELD_STRING:
		nla_strlcpy(p, a, f->size);
		return 0;
	case FIELD_IP:
		if (!family || len != ip_size(family))
			return -EBADMSG;
		*(struct ip *)p = ip_of(family, nla_data(a));
		return 0;
	case FIELD_BYTES:
		break;
	}
	if (len != f->size)
		return -EBADMSG;
	memcpy(p, nla_data(a), f->size);
	return 0;
}

int fields_get(struct nlattr *tb[], const struct field *f, size_t n, uint8_t family, void *obj,
	       struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const struct nlattr *a = tb[f[i].attr];

		if (a && field_get(a, &f[i], family, (char *)obj + f[i].off) < 0)
			return err_set(e, -EBADMSG, "netlink attribute %s: %d bytes, not %u",
				       f[i].name, nla_len(a), f[i].size);
	}
	return 0;
}

bool fields_equal(const struct field *f, size_t n, const void *a, const void *b)
{
	for (size_t i = 0; i < n; i++) {
		const char *x = (const char *)a + f[i].off, *y = (const char *)b + f[i].off;
		bool same = f[i].kind == FIELD_IP ? ip_equal((const void *)x, (const void *)y) :
						    memcmp(x, y, f[i].size) == 0;

		if (!same)
			return false;
	}
	return true;
}
