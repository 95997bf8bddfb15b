/* SPDX-License-Identifier: MIT */
/* IP settings that exist for `all` and for each device: names, and how the two combine. */
#include <net/if.h> /* before linux/if.h, which then leaves out what both have */

#include "kern/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kern/sysfs.h"


enum combine { LARGER, EITHER, ALL_FIRST, OWN };

static const struct conf_row {
	uint16_t id;
	enum combine how;
	const char *name;
} conf_rows[] = {
	{ IPV4_DEVCONF_RP_FILTER, LARGER, "rp_filter" },
	{ IPV4_DEVCONF_ARPFILTER, EITHER, "arp_filter" },
	{ IPV4_DEVCONF_ARP_ANNOUNCE, LARGER, "arp_announce" },
	{ IPV4_DEVCONF_ARP_IGNORE, LARGER, "arp_ignore" },
	{ IPV4_DEVCONF_ARP_ACCEPT, LARGER, "arp_accept" },
	{ IPV4_DEVCONF_ACCEPT_LOCAL, EITHER, "accept_local" },
	{ CONF6_ACCEPT_RA, OWN, "accept_ra" },
	{ CONF6_KEEP_ADDR_ON_DOWN, ALL_FIRST, "keep_addr_on_down" },
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
	return id < CONF6 ? "net.ipv4.conf" : "net.ipv6.conf";
}

uint32_t conf_effective(unsigned int id, uint32_t all, uint32_t own)
{
	const struct conf_row *row = conf_row(id);

	switch (row ? row->how : LARGER) {
	case EITHER:
		return all || own;
	case ALL_FIRST:
		return all ? all : own;
	case OWN:
		return own;
	case LARGER:
		break;
	}
	return max_u32(all, own);
}

int conf_all_read(uint32_t *ret, struct err *e)
{
	char path[80];
	uint64_t v;

	for (size_t i = 0; i < ARRAY_LEN(conf_rows); i++) {
		bool ip6 = conf_rows[i].id >= CONF6;

		snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/all/%s", ip6 ? "ipv6" : "ipv4",
			 conf_rows[i].name);
		int r = sysfs_number(path, &v, ip6 ? NULL : e);
		if (r < 0 && !ip6)
			return r;
		ret[conf_rows[i].id] = r < 0 ? 0 : (uint32_t)v;
	}
	return 0;
}

int conf6_write(int ifindex, const struct conf_value *v, struct err *e)
{
	char name[IFNAMSIZ], path[IFNAMSIZ + 64], text[16];

	if (!if_indextoname((unsigned int)ifindex, name))
		return err_set(e, -ENODEV, "set IPv6 settings: %s", strerror(ENODEV));
	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/%s", name, conf_name(v->id));
	auto_fd fd = open(path, O_WRONLY | O_CLOEXEC);
	int len = snprintf(text, sizeof(text), "%d\n", (int)v->value); /* keep_addr_on_down can be -1 */
	if (fd < 0 || write(fd, text, (size_t)len) != len)
		return err_set(e, -errno, "set IPv6 settings: %s", strerror(errno));
	return 0;
}
