/* SPDX-License-Identifier: MIT */
/* The list of stages and of checks. A new check is a function and a row here. */
#include <string.h>

#include "validate/verify.h"

const struct stage_row stage_rows[VERIFY_STAGES] = {
	[VERIFY_SETTINGS] = { "settings", "the plan is empty", NULL },
	[VERIFY_LINK] = { "link", "ports are active and carry the MTU", NULL },
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
	{ "settings", VERIFY_SETTINGS, "the port is as the intent says", NULL, check_settings },
	{ "link.active", VERIFY_LINK, "the port is ACTIVE",
	  "a port without a link has no route and answers nobody", check_link_active },
	{ "link.mtu", VERIFY_LINK, "the active MTU fits the netdev's",
	  "packets larger than the netdev carries are lost, smaller ones cost bandwidth",
	  check_link_mtu },
	{ "gid.present", VERIFY_GID, "the address has one RoCE v2 GID on its netdev",
	  "rdma_cm finds the device by the GID of the source address; without it bind ends in ENODEV",
	  check_gid_present },
	{ "gid.index", VERIFY_GID, "the GID has the same index on every port",
	  "an application that is told one GID index (NCCL_IB_GID_INDEX) takes the wrong one elsewhere",
	  check_gid_index },
	{ "route.bound", VERIFY_ROUTE, "rdma_cm leaves by the port itself and the planned gateway",
	  "rdma_cm looks up the route from the port's address, on both sides of a connect",
	  check_route_bound },
	{ "route.socket", VERIFY_ROUTE, "sockets bound to the address leave by its port and table",
	  "bootstrap connections of NCCL and MPI take the wrong cable, or the management network",
	  check_route_socket },
	{ "neighbour.answer", VERIFY_NEIGHBOUR, "the next hop answers",
	  "without its MAC address no packet can be sent there", check_neighbour_answer },
	{ "neighbour.owner", VERIFY_NEIGHBOUR, "the answer is the MAC address of the right port",
	  "a packet sent to another port's MAC address is dropped there: its GID table lacks the address",
	  check_neighbour_owner },
	{ "loop.connect", VERIFY_LOOP, "the port connects with itself, payload both ways",
	  "device, driver, GID and user-space provider work; the cable is not tested by it",
	  check_loop_connect },
	{ "peer.responder", VERIFY_PEER, "the peer's responder tells its ports",
	  "without it nothing beyond this node can be proved", check_peer_responder },
	{ "peer.reach", VERIFY_PEER, "every port of ours has a partner among the peers' ports",
	  "a port that is connected with nothing has not been verified", check_peer_reach },
	{ "peer.mtu", VERIFY_PEER, "both ports have the same active MTU",
	  "a connect passes, then the first large payload is lost", check_peer_mtu },
	{ "peer.connect", VERIFY_PEER, "rdma_cm connects from the port's address, payload both ways",
	  "this is what a job does first", check_peer_connect },
	{ "qos.chain", VERIFY_QOS, "ToS, DSCP, trust, priority, traffic class, buffer, PFC, ETS, ECN, CNP are one chain", NULL,
	  check_qos_chain },
	{ "qos.fits", VERIFY_QOS, "what the port has of QoS goes together",
	  "halves that contradict each other lose packets under load, when it hurts", check_qos_fits },
	{ "qos.class", VERIFY_QOS, "applications that do not use rdma_cm have the same traffic class",
	  "their packets carry DSCP 0 and ride in the lossy class, whatever rdma_cm's ToS is", check_qos_class },
	{ "qos.counters", VERIFY_QOS, "the payload was counted as RoCE's priority, here and at the peer",
	  "what is set and what the hardware does are two things; a switch may change the DSCP on the way",
	  check_qos_counters },
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
