/* SPDX-License-Identifier: MIT */
/* The value of a setting: a number, a list of numbers, an object of the kernel, a file, or nothing. */
#ifndef DOROCE_SETTING_VALUE_H
#define DOROCE_SETTING_VALUE_H

#include "base/opt.h"
#include "kern/kern.h"

enum value_kind { VALUE_NONE, VALUE_NUMBER, VALUE_LIST, VALUE_ADDR, VALUE_ROUTE, VALUE_RULE, VALUE_FILE };

/* VALUE_NONE: the object is not there. list: memory of an arena. */
struct value {
	enum value_kind kind;
	union {
		uint32_t number;
		struct list list;
		struct addr addr;
		struct route route;
		struct rule rule;
		struct file file;
	};
};

enum { VALUE_TEXT = 256 };

/* "4200", "0 1 - 3", "10.0.0.1/24", "default via 10.0.0.254 table 101", "from 10.0.0.1 lookup 101",
 * "/etc/x.conf, 12 lines"; none: "-".
 * buf has VALUE_TEXT bytes; returns buf. */
const char *value_text(const struct value *v, char *buf);

/* True when both say the same. */
bool value_equal(const struct value *x, const struct value *y);

bool list_equal(const struct list *x, const struct list *y);

#endif
