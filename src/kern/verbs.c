/* SPDX-License-Identifier: MIT */
/* Port attributes and GID tables: what only libibverbs tells. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kern/rdma.h"
#include "kern/verbs.h"

static inline void device_list_drop(struct ibv_device ***l)
{
	if (*l)
		ibv_free_device_list(*l);
}

#define auto_device_list __attribute__((cleanup(device_list_drop))) struct ibv_device

static uint32_t mtu_bytes(enum ibv_mtu m)
{
	return m >= IBV_MTU_256 && m <= IBV_MTU_4096 ? 128u << m : 0;
}

static enum gid_type type_of(uint32_t t)
{
	if (t == IBV_GID_TYPE_ROCE_V2)
		return GID_ROCE_V2;
	return t == IBV_GID_TYPE_ROCE_V1 ? GID_ROCE_V1 : GID_IB;
}

/* The address that a GID stands for: ::ffff:a.b.c.d is IPv4 (RoCE v2, IBTA annex A17). */
static struct ip gid_ip(const union ibv_gid *g)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (memcmp(g->raw, mapped, sizeof(mapped)) == 0)
		return ip_of(AF_INET, g->raw + 12);
	return ip_of(AF_INET6, g->raw);
}

struct ibv_context *verbs_open(const char *name, struct err *e)
{
	auto_device_list **list = ibv_get_device_list(NULL);

	for (size_t i = 0; list && list[i]; i++) {
		if (strcmp(ibv_get_device_name(list[i]), name) != 0)
			continue;
		struct ibv_context *c = ibv_open_device(list[i]);
		if (!c)
			err_set(e, -(errno ? errno : EACCES), "%s: open: %s", name,
				strerror(errno ? errno : EACCES));
		return c;
	}
	err_set(e, -ENODEV, "%s: no user-space driver for it (libibverbs)", name);
	return NULL;
}

static int gids_read(struct ibv_context *c, uint32_t port, size_t room, struct arena *a,
		     struct gids *ret, struct err *e)
{
	auto_free struct ibv_gid_entry *entry = calloc(room ? room : 1, sizeof(*entry));
	ssize_t n = entry ? ibv_query_gid_table(c, entry, room, 0) : -ENOMEM;

	if (n < 0)
		return err_set(e, (int)n, "%s: read GID table: %s", ibv_get_device_name(c->device),
			       strerror((int)-n));
	for (ssize_t i = 0; i < n; i++) {
		if (entry[i].port_num != port)
			continue;
		*vec_add(a, ret) = (struct gid){
			.index = entry[i].gid_index,
			.type = type_of(entry[i].gid_type),
			.ip = gid_ip(&entry[i].gid),
			.ifindex = (int)entry[i].ndev_ifindex,
		};
	}
	return 0;
}

/* Room for the GIDs of all ports of the device: ibv_query_gid_table answers them together. */
static size_t gid_room(struct ibv_context *c)
{
	struct ibv_device_attr dev;
	struct ibv_port_attr port;
	size_t room = 0;

	if (ibv_query_device(c, &dev))
		return 0;
	for (uint8_t i = 1; i <= dev.phys_port_cnt; i++)
		room += ibv_query_port(c, i, &port) ? 0 : (size_t)port.gid_tbl_len;
	return room;
}

int rdma_attr_get(const char *device, uint32_t port, struct arena *a, struct rdma_attr *ret,
		  struct err *e)
{
	auto_context *c = verbs_open(device, e);
	struct ibv_port_attr attr;

	if (!c)
		return e && e->code ? e->code : -EIO;
	int r = ibv_query_port(c, (uint8_t)port, &attr);
	if (r)
		return err_set(e, -r, "%s: read port %u: %s", device, port, strerror(r));
	*ret = (struct rdma_attr){
		.active_mtu = mtu_bytes(attr.active_mtu),
		.max_mtu = mtu_bytes(attr.max_mtu),
		.gid_room = (uint32_t)attr.gid_tbl_len,
		.active = attr.state == IBV_PORT_ACTIVE,
	};
	return gids_read(c, port, gid_room(c), a, &ret->gids, e);
}

const char *gid_type_text(enum gid_type t)
{
	static const char *const text[] = { "IB", "RoCE v1", "RoCE v2" };

	return text[t];
}
