/* SPDX-License-Identifier: MIT */
/* Text files of a system as they were read, and their lines: to look at, never to write. */
#ifndef DOROCE_BASE_TREE_H
#define DOROCE_BASE_TREE_H

#include "base/arena.h"
#include "base/util.h"

/* path: absolute, without the root, as it is named in its directory. text: NUL-terminated; "" where there is
 * nothing to read (a directory, a link to nowhere). link: where it leads as a symbolic link, else "".
 * masked: a link to /dev/null, which hides the files of this name in later directories.
 * unread: it is there and could not be read (no right, larger than FILE_TEXT_MAX). */
struct tree_file {
	const char *path, *text, *link;
	bool masked, unread;
};

struct tree VEC(struct tree_file);

/* The file, else NULL. */
const struct tree_file *tree_file(const struct tree *t, const char *path);

/* Behind the last slash. */
const char *path_name(const char *path);

/* True when the path is that of a file in the directory ("/etc/sysctl.d"), by a name that fits the glob. */
bool path_is_in(const char *path, const char *dir, const char *glob);

/* Go through a text line by line: copies the next one, without its end, into buf (cut at size). *at: begin
 * with the text; *number: with 0. False: there are no more. */
bool text_line(const char **at, unsigned int *number, char *buf, size_t size);

/* Without blanks at both ends; in place. */
char *text_trim(char *s);

#endif
