/* SPDX-License-Identifier: MIT */
/* The key that nodes share, so that none answers a stranger: read from a file that nobody else can read. */
#ifndef DOROCE_VALIDATE_ADMIT_KEY_H
#define DOROCE_VALIDATE_ADMIT_KEY_H

#include "base/err.h"

enum { KEY_BYTES_MIN = 16, KEY_BYTES_MAX = 1024 };

struct admit_key {
	size_t n; /* KEY_BYTES_MIN..KEY_BYTES_MAX */
	uint8_t bytes[KEY_BYTES_MAX];
};

/* The bytes of the file; a line end behind them does not count. It is a regular file of root or of this user,
 * without rights of others. 0; -EPERM, -EINVAL, -errno of open or read: e says what is wrong with it. */
int key_read(const char *path, struct admit_key *ret, struct err *e);

#endif
