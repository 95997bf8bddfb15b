/* SPDX-License-Identifier: MIT */
/* RDMA devices and their ports by RDMA netlink, completed from sysfs. */
#include "kern/rdma.h"

#include <errno.h>
#include <netlink/attr.h>
#include <rdma/rdma_netlink.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kern/netlink.h"
#include "kern/sysfs.h"

struct reading {
	struct arena *arena;
	struct rdma_ports *ports;
	struct rdma_port device; /* what holds for every port of the device being read */
};

static struct nl_msg *nldev_msg(int command, int flags)
{
	return nlmsg_alloc_simple(RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, command), flags);
}

static void string_get(struct nlattr *a, char *to, size_t size)
{
	if (a)
		nla_strlcpy(to, a, size);
}

static uint32_t u32_get(struct nlattr *a)
{
	return a ? nla_get_u32(a) : 0;
}

static enum link_layer layer_read(const struct rdma_port *p)
{
	char path[RDMA_NAME + 64], text[32];

	/* the protocol is that of the first port; only a device of several can mix link layers */
	if (p->port_count == 1 && strcmp(p->protocol, "roce") == 0)
		return LAYER_ETHERNET;
	snprintf(path, sizeof(path), "/sys/class/infiniband/%s/ports/%u/link_layer", p->device, p->port);
	(void)sysfs_text(path, text, sizeof(text)); /* "" then: the protocol decides */
	if (strcmp(text, "Ethernet") == 0 || strcmp(p->protocol, "roce") == 0)
		return LAYER_ETHERNET;
	if (strcmp(text, "InfiniBand") == 0 || strcmp(p->protocol, "ib") == 0)
		return LAYER_INFINIBAND;
	return LAYER_UNKNOWN;
}

/* PCI address and driver of the device; soft-RoCE hangs on a netdev, named by the file parent. */
static void bus_read(struct rdma_port *p)
{
	char path[RDMA_NAME + 64], name[64];

	snprintf(path, sizeof(path), "/sys/class/infiniband/%s/device", p->device);
	if (sysfs_link_name(path, name, sizeof(name)) == 0) {
		if (strlen(name) < sizeof(p->pci))
			snprintf(p->pci, sizeof(p->pci), "%.15s", name);
		snprintf(path, sizeof(path), "/sys/class/infiniband/%s/device/driver", p->device);
		(void)sysfs_link_name(path, p->driver, sizeof(p->driver)); /* none: "" */
		return;
	}
	snprintf(path, sizeof(path), "/sys/class/infiniband/%s/parent", p->device);
	if (access(path, F_OK) == 0)
		snprintf(p->driver, sizeof(p->driver), "rdma_rxe");
}

static int port_read(struct nlmsghdr *h, void *arg, struct err *e)
{
	struct reading *rd = arg;
	struct nlattr *tb[RDMA_NLDEV_ATTR_MAX];

	if (nlmsg_parse(h, 0, tb, RDMA_NLDEV_ATTR_MAX - 1, NULL) < 0)
		return err_set(e, -EBADMSG, "RDMA ports: malformed answer");
	if (!tb[RDMA_NLDEV_ATTR_PORT_INDEX])
		return 0;
	struct rdma_port *p = vec_add(rd->arena, rd->ports);
	*p = rd->device;
	p->port = u32_get(tb[RDMA_NLDEV_ATTR_PORT_INDEX]);
	p->ifindex = (int)u32_get(tb[RDMA_NLDEV_ATTR_NDEV_INDEX]);
	if (tb[RDMA_NLDEV_ATTR_PORT_STATE])
		p->state = nla_get_u8(tb[RDMA_NLDEV_ATTR_PORT_STATE]);
	if (tb[RDMA_NLDEV_ATTR_PORT_PHYS_STATE])
		p->phys_state = nla_get_u8(tb[RDMA_NLDEV_ATTR_PORT_PHYS_STATE]);
	p->layer = layer_read(p);
	return 0;
}

static int device_read(struct nlmsghdr *h, void *arg, struct err *e)
{
	struct reading *rd = arg;
	struct nlattr *tb[RDMA_NLDEV_ATTR_MAX];

	if (nlmsg_parse(h, 0, tb, RDMA_NLDEV_ATTR_MAX - 1, NULL) < 0)
		return err_set(e, -EBADMSG, "RDMA devices: malformed answer");
	struct rdma_port *d = vec_add(rd->arena, rd->ports);
	d->device_index = u32_get(tb[RDMA_NLDEV_ATTR_DEV_INDEX]);
	d->port_count = u32_get(tb[RDMA_NLDEV_ATTR_PORT_INDEX]);
	string_get(tb[RDMA_NLDEV_ATTR_DEV_NAME], d->device, sizeof(d->device));
	string_get(tb[RDMA_NLDEV_ATTR_FW_VERSION], d->firmware, sizeof(d->firmware));
	string_get(tb[RDMA_NLDEV_ATTR_DEV_PROTOCOL], d->protocol, sizeof(d->protocol));
	bus_read(d);
	return 0;
}

/* The only port of a device by a get, which is one answer; several by a dump. */
static int ports_of(struct nl_sock *s, struct reading *rd, struct err *e)
{
	bool one = rd->device.port_count == 1;
	auto_msg *m = nldev_msg(RDMA_NLDEV_CMD_PORT_GET, one ? 0 : NLM_F_DUMP);
	int r = m ? nla_put_u32(m, RDMA_NLDEV_ATTR_DEV_INDEX, rd->device.device_index) : 0;

	if (m && one)
		r |= nla_put_u32(m, RDMA_NLDEV_ATTR_PORT_INDEX, 1);
	if (r < 0)
		return err_set(e, -ENOMEM, "RDMA ports: no memory");
	return netlink_ask(s, m, port_read, rd, "RDMA ports", e);
}

int rdma_port_list(struct arena *a, struct rdma_ports *ret, struct err *e)
{
	struct rdma_ports devices = { 0 };
	struct reading rd = { .arena = a, .ports = &devices };
	auto_sock *s = netlink_open(NETLINK_RDMA, NULL);

	if (!s) /* ib_core is not there: no RDMA at all */
		return 0;
	auto_msg *m = nldev_msg(RDMA_NLDEV_CMD_GET, NLM_F_DUMP);
	int r = netlink_ask(s, m, device_read, &rd, "RDMA devices", e);
	rd.ports = ret;
	for (size_t i = 0; i < devices.n && r == 0; i++) {
		rd.device = devices.at[i];
		r = ports_of(s, &rd, e);
	}
	return r;
}
