/* SPDX-License-Identifier: MIT */
/* IPv4 settings that exist for `all` and for each device: names, and how the two combine. */
#ifndef DOROCE_KERN_SYSCTL_H
#define DOROCE_KERN_SYSCTL_H

#include "base/err.h"

/* Name below net.ipv4.conf.DEVICE of an IPV4_DEVCONF_* id that doroce knows, else NULL. */
const char *conf_name(unsigned int id);

/* Where it stands: "net.ipv4.conf". */
const char *conf_group(unsigned int id);

/* What the kernel acts on: the larger of both, or either of both (arp_filter, accept_local).
 * Source: include/linux/inetdevice.h, IN_DEV_MAXCONF and IN_DEV_ORCONF. */
uint32_t conf_effective(unsigned int id, uint32_t all, uint32_t own);

/* The values of net.ipv4.conf.all by IPV4_DEVCONF_* id; only ids with a name are read.
 * There is no netlink for them. */
int conf_all_read(uint32_t *ret, struct err *e);

#endif
