/* SPDX-License-Identifier: MIT */
/* Text from outside, as formats that are strict about characters can carry it. */
#include <libxml/parserInternals.h>
#include <string.h>

#include "validate/report/report.h"

/* Bytes of the character at s, 0: it is none that XML has. */
static size_t char_len(const char *s)
{
	int len = (int)strnlen(s, 4);
	int c = xmlGetUTF8Char((const unsigned char *)s, &len);

	return c > 0 && xmlIsCharQ((unsigned int)c) ? (size_t)len : 0;
}

const char *report_clean(struct arena *a, const char *s)
{
	if (!s)
		return NULL;
	char *text = arena_strdup(a, s);
	for (char *at = text; *at;) {
		size_t n = char_len(at);

		if (n == 0)
			*at = '?';
		at += n ? n : 1;
	}
	return text;
}
