/* SPDX-License-Identifier: MIT */
/* Files of a root as the programs see them that read them: links are followed, within the root. To look at, never
 * to write: what is written goes through file.h. */
#ifndef DOROCE_KERN_TREE_H
#define DOROCE_KERN_TREE_H

#include "base/tree.h"

/* All that is there by the globs (absolute paths, `*` in any part, NULL at the end), those of one glob in
 * the order of their names. root: "" or a directory. What is not there, or may not be looked into, is left
 * out. Before Linux 5.6 nothing of another root can be read. */
void tree_read(const char *root, const char *const *globs, struct arena *a, struct tree *ret);

#endif
