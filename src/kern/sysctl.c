/* SPDX-License-Identifier: MIT */
/* IPv4 settings that exist for `all` and for each device: names, and how the two combine. */
#include "kern/sysctl.h"

#include <errno.h>
#include <linux/ip.h>
#include <stdio.h>

#include "kern/link.h"
#include "kern/sysfs.h"

/* either: one of `all` and the device is enough; otherwise the larger value counts. */
static const struct conf_row {
	uint16_t id;
	bool either;
	const char *name;
} conf_rows[] = {
	{ IPV4_DEVCONF_RP_FILTER, false, "rp_filter" },
	{ IPV4_DEVCONF_ARPFILTER, true, "arp_filter" },
	{ IPV4_DEVCONF_ARP_ANNOUNCE, false, "arp_announce" },
	{ IPV4_DEVCONF_ARP_IGNORE, false, "arp_ignore" },
	{ IPV4_DEVCONF_ARP_ACCEPT, false, "arp_accept" },
	{ IPV4_DEVCONF_ACCEPT_LOCAL, true, "accept_local" },
};

static const struct conf_row *conf_row(unsigned int id)
{
	for (size_t i = 0; i < ARRAY_LEN(conf_rows); i++)
		if (conf_rows[i].id == id)
			return &conf_rows[i];
	return NULL;
}

const char *conf_name(unsigned int id)
{
	const struct conf_row *row = conf_row(id);

	return row ? row->name : NULL;
}

const char *conf_group(unsigned int id)
{
	(void)id;
	return "net.ipv4.conf";
}

uint32_t conf_effective(unsigned int id, uint32_t all, uint32_t own)
{
	const struct conf_row *row = conf_row(id);

	if (row && row->either)
		return all || own;
	return max_u32(all, own);
}

int conf_all_read(uint32_t *ret, struct err *e)
{
	char path[64];
	uint64_t v;

	for (size_t i = 0; i < ARRAY_LEN(conf_rows); i++) {
		snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/all/%s", conf_rows[i].name);
		int r = sysfs_number(path, &v, e);
		if (r < 0)
			return r;
		ret[conf_rows[i].id] = (uint32_t)v;
	}
	return 0;
}
