/* SPDX-License-Identifier: MIT */
/* Giving up, for good, what a process that serves strangers does not need. */
#ifndef DOROCE_KERN_DROP_H
#define DOROCE_KERN_DROP_H

#include "base/err.h"

enum { DROP_USER = 65534 }; /* nobody; the kernel's number for users that it does not know */

/* low_port: it goes on to bind ports below 1024. locked_bytes: it may lock so much memory; where it may not set that
 * limit it keeps the one that it has. */
struct drop {
	bool low_port;
	uint64_t locked_bytes;
};

/* From here on: no capabilities (but CAP_NET_BIND_SERVICE with low_port), none to be had by any program it starts, no core
 * dump, nobody can look into its memory. Started as root it becomes DROP_USER, with the groups that the device files
 * of RDMA belong to where these are not for everybody; where only root may open them it stays root, without
 * capabilities.
 *
 * To be called before the first call of librdmacm: the kernel takes nothing from whoever has changed his rights since
 * he opened /dev/infiniband/rdma_cm (ib_safe_file_access, since Linux 4.6). 0, -errno. */
int drop_rights(const struct drop *d, struct err *e);

#endif
