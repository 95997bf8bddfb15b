/* SPDX-License-Identifier: MIT */
/* IP settings that exist for `all` and for each device: names, and how the two combine. */
#ifndef DOROCE_KERN_SYSCTL_H
#define DOROCE_KERN_SYSCTL_H

#include "base/err.h"
#include "kern/link.h"

/* Ids are those of CONF6 in link.h. Name below net.ipv4.conf.DEVICE or net.ipv6.conf.DEVICE of one that
 * doroce knows, else NULL; "net.ipv4.conf" or "net.ipv6.conf". */
const char *conf_name(unsigned int id);
const char *conf_group(unsigned int id);

/* What the kernel acts on: the larger of both, either of both (arp_filter, accept_local), `all` unless that is
 * 0 (keep_addr_on_down), or the device's own alone (accept_ra).
 * Source: include/linux/inetdevice.h, IN_DEV_MAXCONF and IN_DEV_ORCONF; net/ipv6/addrconf.c. */
uint32_t conf_effective(unsigned int id, uint32_t all, uint32_t own);

/* The values of `all` by id; only ids with a name are read, those of IPv6 are 0 where the kernel has none.
 * There is no netlink for them. */
int conf_all_read(uint32_t *ret, struct err *e);

/* Write one value of a device that netlink can not set: net.ipv6.conf. 0; -ENODEV; -ENOENT: IPv6 is not there;
 * -EACCES, -EPERM. */
int conf6_write(int ifindex, const struct conf_value *v, struct err *e);

#endif
