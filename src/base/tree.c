/* SPDX-License-Identifier: MIT */
/* Text files of a system as they were read, and their lines. */
#include "base/tree.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

const struct tree_file *tree_file(const struct tree *t, const char *path)
{
	for vec_each(f, t)
		if (strcmp(f->path, path) == 0)
			return f;
	return NULL;
}

const char *path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool path_is_in(const char *path, const char *dir, const char *glob)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 && path[len] == '/' && !strchr(path + len + 1, '/') &&
	       fnmatch(glob, path + len + 1, 0) == 0;
}

bool text_line(const char **at, unsigned int *number, char *buf, size_t size)
{
	size_t len = strcspn(*at, "\n");

	if (!**at)
		return false;
	snprintf(buf, size, "%.*s", (int)len, *at);
	*at += len + ((*at)[len] == '\n');
	(*number)++;
	return true;
}

char *text_trim(char *s)
{
	s += strspn(s, " \t\r");
	for (size_t len = strlen(s); len && strchr(" \t\r", s[len - 1]); len--)
		s[len - 1] = '\0';
	return s;
}
