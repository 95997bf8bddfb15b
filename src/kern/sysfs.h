/* SPDX-License-Identifier: MIT */
/* Small files of /sys and /proc. */
#ifndef DOROCE_KERN_SYSFS_H
#define DOROCE_KERN_SYSFS_H

#include "base/err.h"

/* First line of the file without its newline; buf is "" when it can not be read. Returns 0, -errno. */
int sysfs_text(const char *path, char *buf, size_t size);

/* One number. *ret is written on success only. 0; -errno of open or read; -EBADMSG no number. */
int sysfs_number(const char *path, uint64_t *ret, struct err *e);

/* Last part of what the symbolic link at path points to; buf is "" when there is none. 0, -errno. */
int sysfs_link_name(const char *path, char *buf, size_t size);

#endif
