/* SPDX-License-Identifier: MIT */
/* RDMA devices, their ports and GIDs. */
#ifndef DOROCE_KERN_RDMA_H
#define DOROCE_KERN_RDMA_H

#include <netlink/netlink.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/ip.h"

enum link_layer { LAYER_UNKNOWN, LAYER_ETHERNET, LAYER_INFINIBAND };

enum { RDMA_NAME = 64, PCI_TEXT = 16 };

/* One port of one RDMA device, as the kernel's RDMA netlink and sysfs tell it.
 * port: from 1. ifindex: its netdev in our network namespace, 0 when it is in another one or has none.
 * protocol: "roce", "ib", "iw", "" (kernel before 5.0 or unknown). pci: "" for a virtual device.
 * driver: of the PCI device; "rdma_rxe" for soft-RoCE, which has none.
 * state, phys_state: IB port states (1 DOWN … 4 ACTIVE; 5 LinkUp), IBTA 1.x PortInfo.
 * Source: RDMA_NLDEV_CMD_GET and _PORT_GET of rdma/rdma_netlink.h. */
struct rdma_port {
	char device[RDMA_NAME];
	uint32_t device_index;
	uint32_t port;
	uint32_t port_count;
	int ifindex;
	enum link_layer layer;
	char protocol[16];
	char firmware[40];
	char pci[PCI_TEXT];
	char driver[32];
	uint8_t state;
	uint8_t phys_state;
};

struct rdma_ports VEC(struct rdma_port);

/* A node without RDMA has an empty list, which is no error. */
int rdma_port_list(struct arena *a, struct rdma_ports *ret, struct err *e);

enum gid_type { GID_IB, GID_ROCE_V1, GID_ROCE_V2 };

/* One entry of a port's GID table. ip: the address it stands for (IPv4-mapped GIDs as IPv4).
 * ifindex: netdev of the entry, 0 when not ours. */
struct gid {
	uint32_t index;
	enum gid_type type;
	struct ip ip;
	int ifindex;
};

struct gids VEC(struct gid);

/* What only the verbs know. active_mtu, max_mtu: bytes, 256..4096; gid_room: size of the table. */
struct rdma_attr {
	uint32_t active_mtu;
	uint32_t max_mtu;
	uint32_t gid_room;
	bool active;
	struct gids gids;
};

/* Port attributes and GID table through libibverbs (ibv_query_port, ibv_query_gid_table).
 * 0; -ENODEV no such device or no user-space driver for it; -EACCES on its device file. */
int rdma_attr_get(const char *device, uint32_t port, struct arena *a, struct rdma_attr *ret,
		  struct err *e);

struct counters;

/* What the port counts: by the names of its driver ("out_of_sequence", soft-RoCE's "sent_pkts"), and port_xmit_packets,
 * port_rcv_packets where there are such; messages of rdma_cm as cm_tx_msgs/req (sent), cm_tx_retries/req (of these,
 * again), cm_rx_msgs/req and rep alike, in the initial network namespace only. Some hardware is asked only every 10 ms.
 * Source: RDMA_NLDEV_CMD_STAT_GET of rdma/rdma_netlink.h (Linux 5.3), sysfs ports/N/counters, cm_*. 0; -EOPNOTSUPP: none. */
int rdma_counters_get(const struct rdma_port *p, struct arena *a, struct counters *ret, struct err *e);

const char *gid_type_text(enum gid_type t);

#endif
