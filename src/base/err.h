/* SPDX-License-Identifier: MIT */
/* One failure: a code and one line of text. */
#ifndef DOROCE_BASE_ERR_H
#define DOROCE_BASE_ERR_H

#include "base/util.h"

/* Zero-initialise. code: 0 or -errno of the first failure; text: "subject: action: cause". */
struct err {
	int code;
	char text[512];
};

/* Keep code (-errno) and text unless e holds an earlier failure already. e may be NULL.
 * Returns code, so that `return err_set(...)` is the whole line. */
int err_set(struct err *e, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The same with -errno and its text: "subject: No such file or directory". */
int err_sys(struct err *e, const char *subject);

/* Put "subject: " in front of the text that e holds. Returns e's code. */
int err_prefix(struct err *e, const char *subject);

#endif
