/* SPDX-License-Identifier: MIT */
/* Routing tables that have a name in a file of iproute2. */
#include <stdlib.h>
#include <string.h>

#include "intent/intent.h"

/* iproute2 reads the administrator's file, or else the distribution's, and then the directories. */
const char *const table_name_files[] = {
	"/etc/iproute2/rt_tables", "/etc/iproute2/rt_tables.d/*.conf", "/usr/share/iproute2/rt_tables",
	"/usr/share/iproute2/rt_tables.d/*.conf", "/usr/lib/iproute2/rt_tables", "/usr/lib/iproute2/rt_tables.d/*.conf",
	NULL,
};

/* "101 roce" or "0x65 roce"; what is no such line is none for iproute2 either. */
static bool line_read(char *line, struct table_name *ret, struct arena *a)
{
	char *rest, *name = NULL, *text = text_trim(line);
	unsigned long table = strtoul(text, &rest, 0);

	if (rest == text || table > UINT32_MAX || !strchr(" \t", *rest) || !*rest)
		return false;
	name = strtok_r(rest, " \t#", &rest);
	if (!name)
		return false;
	ret->table = (uint32_t)table;
	ret->name = arena_strdup(a, name);
	return true;
}

void intent_table_names(const struct tree *t, struct arena *a, struct table_names *ret)
{
	for vec_each(f, t) {
		const char *at = f->text;
		unsigned int number = 0;
		char buf[256];

		while (text_line(&at, &number, buf, sizeof(buf))) {
			struct table_name tn = { .file = f->path, .line = number };

			if (line_read(buf, &tn, a))
				*vec_add(a, ret) = tn;
		}
	}
}
