/* SPDX-License-Identifier: MIT */
/* The value of a setting: a number, an object of the kernel, a file, or nothing. */
#ifndef DOROCE_SETTING_VALUE_H
#define DOROCE_SETTING_VALUE_H

#include "kern/kern.h"

enum value_kind { VALUE_NONE, VALUE_NUMBER, VALUE_ADDR, VALUE_ROUTE, VALUE_RULE, VALUE_FILE };

/* VALUE_NONE: the object is not there. */
struct value {
	enum value_kind kind;
	union {
		uint32_t number;
		struct addr addr;
		struct route route;
		struct rule rule;
		struct file file;
	};
};

enum { VALUE_TEXT = 256 };

/* "4200", "10.0.0.1/24", "default via 10.0.0.254 table 101", "from 10.0.0.1 lookup 101",
 * "/etc/x.conf, 12 lines"; none: "-".
 * buf has VALUE_TEXT bytes; returns buf. */
const char *value_text(const struct value *v, char *buf);

#endif
