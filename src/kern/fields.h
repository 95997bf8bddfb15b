/* SPDX-License-Identifier: MIT */
/* One list per kernel object: message, reader and comparison come from the same rows. */
#ifndef DOROCE_KERN_FIELDS_H
#define DOROCE_KERN_FIELDS_H

#include <netlink/msg.h>

#include "base/err.h"
#include "base/ip.h"

enum field_kind {
	FIELD_BYTES,  /* a number or struct in host layout, size bytes; all zero: not given */
	FIELD_IP,     /* struct ip; no family: not given */
	FIELD_STRING, /* char[size], NUL-terminated; empty: not given */
};

/* One attribute of a kernel object. */
struct field {
	const char *name;
	enum field_kind kind;
	uint16_t attr, off, size;
};

#define FIELD(type, member, attribute, k)                                    \
	{                                                                    \
		.name = #member, .kind = k, .attr = attribute,               \
		.off = offsetof(type, member), .size = sizeof(((type *)0)->member) \
	}

/* Add every member of obj that is given. Returns 0, -ENOMEM. */
int fields_put(struct nl_msg *m, const struct field *f, size_t n, const void *obj);

/* Copy the attributes named by f[] into obj; an absent one leaves its member as it was.
 * family: of addresses. Returns 0, -EBADMSG when the kernel sent another size than expected. */
int fields_get(struct nlattr *tb[], const struct field *f, size_t n, uint8_t family, void *obj,
	       struct err *e);

/* True when every member named by f[] is the same in both. */
bool fields_equal(const struct field *f, size_t n, const void *a, const void *b);

#endif
