/* SPDX-License-Identifier: MIT */
/* A text by its lines, some of which are to go: files of others in which a few lines are ours. */
#include "base/lines.h"

#include <string.h>

const char *line_end(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

char *lines_without(struct arena *a, const char *text, line_goes_fn *goes, void *state)
{
	char *ret = arena_alloc(a, strlen(text) + 1);
	size_t n = 0;

	for (const char *line = text, *end; *line; line = end) {
		end = line_end(line);
		size_t len = (size_t)(end - line);

		if (goes(line, len, state))
			continue;
		memcpy(ret + n, line, len);
		n += len;
	}
	return ret;
}
