/* SPDX-License-Identifier: MIT */
/* cmocka with what it needs before it, and what many tests use. */
#ifndef DOROCE_TESTS_TEST_H
#define DOROCE_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* Fails, showing both, unless the fragment is in the text. */
static inline void must_contain(const char *text, const char *fragment)
{
	if (!text || !strstr(text, fragment))
		fail_msg("'%s' is not in '%s'", fragment, text ? text : "(no text)");
}

#endif
