/* SPDX-License-Identifier: MIT */
/* What an RDMA port counts: by RDMA netlink, which tells it in every network namespace, and from sysfs. */
#include <errno.h>
#include <netlink/attr.h>
#include <rdma/rdma_netlink.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kern/ethtool.h"
#include "kern/netlink.h"
#include "kern/rdma.h"
#include "kern/sysfs.h"

struct reading {
	struct arena *arena;
	struct counters *counters;
};

static void counter_add(const struct reading *rd, const char *name, uint64_t value)
{
	struct counter *c = vec_add(rd->arena, rd->counters);

	snprintf(c->name, sizeof(c->name), "%s", name);
	c->value = value;
}

static int stat_read(struct nlmsghdr *h, void *arg, struct err *e)
{
	struct nlattr *tb[RDMA_NLDEV_ATTR_MAX], *one[RDMA_NLDEV_ATTR_MAX], *entry;
	int left;

	if (nlmsg_parse(h, 0, tb, RDMA_NLDEV_ATTR_MAX - 1, NULL) < 0)
		return err_set(e, -EBADMSG, "RDMA counters: malformed answer");
	if (!tb[RDMA_NLDEV_ATTR_STAT_HWCOUNTERS])
		return 0;
	nla_for_each_nested(entry, tb[RDMA_NLDEV_ATTR_STAT_HWCOUNTERS], left) {
		if (nla_parse_nested(one, RDMA_NLDEV_ATTR_MAX - 1, entry, NULL) < 0 ||
		    !one[RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_NAME] || !one[RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_VALUE])
			return err_set(e, -EBADMSG, "RDMA counters: malformed answer");
		counter_add(arg, nla_get_string(one[RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_NAME]),
			    nla_get_u64(one[RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_VALUE]));
	}
	return 0;
}

/* Packets of the port, which not all drivers have among their own, and messages of rdma_cm. */
static void sysfs_read(const struct rdma_port *p, const struct reading *rd)
{
	static const char *const names[] = {
		"counters/port_xmit_packets", "counters/port_rcv_packets", "cm_tx_msgs/req", "cm_tx_retries/req",
		"cm_tx_msgs/rep", "cm_rx_msgs/req", "cm_rx_msgs/rep",
	};
	char path[RDMA_NAME + 80];
	uint64_t value;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		bool packets = strncmp(names[i], "counters/", 9) == 0;

		snprintf(path, sizeof(path), "/sys/class/infiniband/%s/ports/%u/%s", p->device, p->port, names[i]);
		if (sysfs_number(path, &value, NULL) == 0)
			counter_add(rd, names[i] + (packets ? 9 : 0), value);
	}
}

int rdma_counters_get(const struct rdma_port *p, struct arena *a, struct counters *ret, struct err *e)
{
	struct reading rd = { .arena = a, .counters = ret };
	auto_sock *s = netlink_open(NETLINK_RDMA, e);
	auto_msg *m = nlmsg_alloc_simple(RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, RDMA_NLDEV_CMD_STAT_GET), 0);

	if (!s || !m || nla_put_u32(m, RDMA_NLDEV_ATTR_DEV_INDEX, p->device_index) < 0 ||
	    nla_put_u32(m, RDMA_NLDEV_ATTR_PORT_INDEX, p->port) < 0)
		return s ? err_set(e, -ENOMEM, "RDMA counters: no memory") : -EIO;
	sysfs_read(p, &rd);
	return netlink_ask(s, m, stat_read, &rd, "RDMA counters", e);
}
