/* SPDX-License-Identifier: MIT */
/* One failure: a code and one line of text. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (!e || e->code)
		return code;
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return code;
}

int err_sys(struct err *e, const char *subject)
{
	int code = -errno;

	return err_set(e, code, "%s: %s", subject, strerror(-code));
}

int err_prefix(struct err *e, const char *subject)
{
	char text[sizeof(e->text)];

	snprintf(text, sizeof(text), "%s", e->text);
	snprintf(e->text, sizeof(e->text), "%.200s: %.300s", subject, text);
	return e->code;
}
