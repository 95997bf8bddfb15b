/* SPDX-License-Identifier: MIT */
/* The list of stages and of checks. A new check is a function and a row here. */
#include <string.h>

#include "validate/verify.h"

const struct stage_row stage_rows[VERIFY_STAGES] = {
	[VERIFY_SETTINGS] = { "settings", "the plan is empty", NULL },
	[VERIFY_LINK] = { "link", "ports are active and carry the MTU", NULL },
	[VERIFY_SWITCH] = { "switch", "what the switch says of itself by LLDP goes together with the port", switch_gather },
	[VERIFY_GID] = { "gid", "each address has its RoCE v2 GID", gid_gather },
	[VERIFY_ROUTE] = { "route", "the kernel sends by the right port and gateway", NULL },
	[VERIFY_NEIGHBOUR] = { "neighbour", "next hops answer, with the right port's MAC address",
			       neighbour_gather },
	[VERIFY_LOOP] = { "loop", "each port connects with itself by rdma_cm", loop_gather },
	[VERIFY_PEER] = { "peer", "each port connects with each peer port, payload both ways",
			  peer_gather },
	[VERIFY_QOS] = { "qos", "from ToS to PFC it is one chain, and payload took it", qos_gather },
};

const struct check checks[] = {
	{ "settings", VERIFY_SETTINGS, "the port is as the intent says",
	  "what the intent says and the port has not is what goes wrong first: every other stage stands on it",
	  "doroce plan shows what differs, doroce configure makes it",
	  "what each setting is read from (doroce explain SETTING)", check_settings },
	{ "link.present", VERIFY_LINK, "the port is still there, with its netdev (doroce watch)",
	  "a port that goes while jobs run takes their connections with it",
	  "dmesg; the driver and the device's state (rdma link, devlink health); cable or PCI error",
	  "RDMA netlink, rtnetlink", check_link_present },
	{ "link.active", VERIFY_LINK, "the port is ACTIVE",
	  "a port without a link has no route and answers nobody",
	  "ip link set NETDEV up; cable, transceiver, switch port",
	  "verbs ibv_query_port", check_link_active },
	{ "link.mtu", VERIFY_LINK, "the active MTU fits the netdev's",
	  "packets larger than the netdev carries are lost, smaller ones cost bandwidth",
	  "set the netdev's MTU again, that of the port below a VLAN first, or reload the driver",
	  "verbs ibv_query_port active_mtu, rtnetlink IFLA_MTU", check_link_mtu },
	{ "switch.neighbour", VERIFY_SWITCH, "the switch says who it is",
	  "which port of which switch a port is plugged into is the first question when a link misbehaves",
	  "LLDP on the switch's port; the NIC's firmware may keep the frames (fw-lldp-agent, disable-fw-lldp of ethtool)",
	  "LLDP frames, IEEE 802.1AB; nothing is sent", check_switch_neighbour },
	{ "switch.mtu", VERIFY_SWITCH, "the switch's port takes frames as large as the port sends",
	  "larger ones are lost in the switch, without an error on either side",
	  "MTU of the switch's port, or mtu of the intent",
	  "LLDP maximum frame size, IEEE 802.3 clause 79; rtnetlink IFLA_MTU", check_switch_mtu },
	{ "switch.pfc", VERIFY_SWITCH, "both ends have PFC on the same priorities",
	  "an end that does not pause, or is not listened to, loses packets under load",
	  "the same PFC on the switch's port and in qos.pfc of the intent",
	  "LLDP PFC configuration, IEEE 802.1Q annex D.2.10; dcbnl", check_switch_pfc },
	{ "switch.ets", VERIFY_SWITCH, "the port sends each priority as the switch recommends, or as it sends itself",
	  "bandwidth that RoCE has in one direction alone is lost in the other when others send, too",
	  "the same ETS on the switch's port and in qos.ets of the intent; numbers of classes may differ",
	  "LLDP ETS recommendation and configuration, IEEE 802.1Q annex D.2.8, D.2.9; dcbnl", check_switch_ets },
	{ "switch.app", VERIFY_SWITCH, "DSCPs have the same priority on both ends, and RoCE v2 has",
	  "packets that ride in another priority there are not paused there, or pause others",
	  "the same map of DSCPs on the switch and in qos.dscp_prio of the intent",
	  "LLDP application priority, IEEE 802.1Q annex D.2.11; dcbnl", check_switch_app },
	{ "gid.present", VERIFY_GID, "the address has one RoCE v2 GID on its netdev",
	  "rdma_cm finds the device by the GID of the source address; without it bind ends in ENODEV",
	  "take the address off and on; dmesg tells of a table that is full",
	  "verbs ibv_query_gid_table", check_gid_present },
	{ "gid.index", VERIFY_GID, "the GID has the same index on every port",
	  "an application that is told one GID index (NCCL_IB_GID_INDEX) takes the wrong one elsewhere",
	  "leave NCCL_IB_GID_INDEX unset: NCCL 2.21 and later find the GID by themselves",
	  "verbs ibv_query_gid_table", check_gid_index },
	{ "route.bound", VERIFY_ROUTE, "rdma_cm leaves by the port itself and the planned gateway",
	  "rdma_cm looks up the route from the port's address, on both sides of a connect",
	  "doroce configure makes the port's route and rule; rules of others before them go",
	  "rtnetlink RTM_GETROUTE by source address and port", check_route_bound },
	{ "route.socket", VERIFY_ROUTE, "sockets bound to the address leave by its port and table",
	  "bootstrap connections of NCCL and MPI take the wrong cable, or the management network",
	  "doroce configure makes the port's route and rule; rules of others before them go",
	  "rtnetlink RTM_GETROUTE by source address", check_route_socket },
	{ "route.back", VERIFY_ROUTE, "the way back to each peer leaves by the port that it asks",
	  "rdma_cm refuses a connect (reject 28) when its own way back to the peer leaves by another port",
	  "doroce configure makes the port's route and rule; rules of others before them go",
	  "rtnetlink RTM_GETROUTE by source address and port, as it stands in the tables; with rules of iif lo, those rules and tables",
	  check_route_back },
	{ "route.once", VERIFY_ROUTE, "the address's rule and the routes of its table are there once",
	  "who owns the twin takes it away, or puts it back, when nobody expects it",
	  "the twin's owner (doroce show, doroce plan), then ip rule del or ip route del with its priority or metric and protocol",
	  "rtnetlink RTM_GETRULE, RTM_GETROUTE", check_route_once },
	{ "neighbour.source", VERIFY_NEIGHBOUR, "the IPv6 addresses that neighbours are asked from, and that are asked for, are in use",
	  "rdma_cm solicits from the port's link-local address, and binds to no address that is tentative or a duplicate",
	  "a link-local address (addr_gen_mode 0, link down and up); another address in place of a duplicate",
	  "rtnetlink RTM_GETADDR, IFLA_INET6_ADDR_GEN_MODE", check_neighbour_source },
	{ "neighbour.answer", VERIFY_NEIGHBOUR, "the next hop answers",
	  "without its MAC address no packet can be sent there",
	  "cable, VLAN, the address of the gateway or peer, its arp and rp_filter settings",
	  "rtnetlink RTM_NEWNEIGH with NTF_USE, then the state of the entry", check_neighbour_answer },
	{ "neighbour.owner", VERIFY_NEIGHBOUR, "the answer is the MAC address of the right port",
	  "a packet sent to another port's MAC address is dropped there: its GID table lacks the address",
	  "on the peer: doroce configure (arp_ignore 1, arp_announce 2); a stranger: one of both needs another address",
	  "the neighbour entry, and the list of ports of the peer", check_neighbour_owner },
	{ "loop.connect", VERIFY_LOOP, "the port connects with itself, payload both ways",
	  "device, driver, GID and user-space provider work; the cable is not tested by it",
	  "the text of the error names the step; stages link, gid and route before it",
	  "rdma_cm, RC queue pair", check_loop_connect },
	{ "peer.responder", VERIFY_PEER, "the peer's responder tells its ports",
	  "without it nothing beyond this node can be proved",
	  "on the peer: doroce serve; a firewall on its TCP port",
	  "TCP to the responder", check_peer_responder },
	{ "peer.reach", VERIFY_PEER, "every port of ours has a partner among the peers' ports",
	  "a port that is connected with nothing has not been verified",
	  "the addresses of both nodes (doroce show); another --peer",
	  "subnets and routes of the plan, and the list of ports of the peer", check_peer_reach },
	{ "peer.mtu", VERIFY_PEER, "both ports have the same active MTU",
	  "a connect passes, then the first large payload is lost",
	  "the same mtu in the intent of both nodes, then doroce configure",
	  "verbs ibv_query_port active_mtu, and the list of ports of the peer", check_peer_mtu },
	{ "peer.connect", VERIFY_PEER, "rdma_cm connects from the port's address, payload both ways",
	  "this is what a job does first",
	  "the cause is named with the result; stages route and neighbour, here and on the peer",
	  "rdma_cm, RC queue pair; rejections by their reason", check_peer_connect },
	{ "peer.inhost", VERIFY_PEER, "each port connects with each other port of this node where that leaves the wire",
	  "both cables, the switch between and the settings of both ports are proved without a peer",
	  "cables, VLANs and switch ports of both; --no-in-host where the switch keeps the ports apart on purpose",
	  "rdma_cm from port to port, IPv4 with accept_local set meanwhile, IPv6 by link-local addresses", check_peer_inhost },
	{ "qos.chain", VERIFY_QOS, "ToS, DSCP, trust, priority, traffic class, buffer, PFC, ETS, ECN, CNP are one chain",
	  "one link of it that is missing sends RoCE with the lossy traffic, or pauses what is not RoCE",
	  "qos of the intent (doroce explain profile lossless), then doroce configure",
	  "dcbnl, ethtool, sysfs, configfs: see the settings", check_qos_chain },
	{ "qos.fits", VERIFY_QOS, "what the port has of QoS goes together",
	  "halves that contradict each other lose packets under load, when it hurts",
	  "qos of the intent: pause off, dcbx host, trust dscp, tos and dscp_prio of one priority",
	  "dcbnl, ethtool, sysfs, configfs: see the settings", check_qos_fits },
	{ "qos.class", VERIFY_QOS, "applications that do not use rdma_cm have the same traffic class",
	  "their packets carry DSCP 0 and ride in the lossy class, whatever rdma_cm's ToS is",
	  "qos.traffic_class of the intent, or in the applications: NCCL_IB_TC, UCX_IB_TRAFFIC_CLASS",
	  "sysfs infiniband/DEVICE/tc/N/traffic_class", check_qos_class },
	{ "qos.counters", VERIFY_QOS, "the payload was counted as RoCE's priority, here and at the peer",
	  "what is set and what the hardware does are two things; a switch may change the DSCP on the way",
	  "the same qos on the peer; switches between that change the DSCP; the driver and its firmware",
	  "ethtool statistics of each priority, here and at the peer", check_qos_counters },
};

const size_t checks_n = ARRAY_LEN(checks);

const struct check *check_by_id(const char *id)
{
	for (size_t i = 0; i < checks_n; i++)
		if (strcmp(checks[i].id, id) == 0)
			return &checks[i];
	return NULL;
}

enum verify_stage stage_by_name(const char *name)
{
	for (size_t i = 0; i < VERIFY_STAGES; i++)
		if (strcmp(stage_rows[i].name, name) == 0)
			return (enum verify_stage)i;
	return VERIFY_STAGES;
}

const char *verdict_text(enum verdict v)
{
	static const char *const text[] = { "pass", "warn", "fail", "n/a" };

	return text[v];
}
