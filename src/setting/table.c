/* SPDX-License-Identifier: MIT */
/* The list of settings: a new one is a row here and, where it is of a new kind, a file beside. */
#include <string.h>

#include "setting/setting.h"

/* rows below net.ipv4.conf differ in few places; those below net.ipv6.conf are written one by one */
#define CONF_ROW(n, k, id, limit, fits, advice, about, reason)                                         \
	{                                                                                              \
		.name = n, .key = k, .unit = "", .source = "IFLA_INET_CONF " #id,                      \
		.what = about, .why = reason, .stage = STAGE_SYSCTL, .max = limit, .conf = id,         \
		.advisory = advice, .get = conf_get, .plan = conf_plan, .apply = conf_apply,           \
		.join = conf_join, .serves = fits,                                                     \
	}

#define CONF6_ROW(n, k, id, limit, fits, advice, about, reason)                                        \
	{                                                                                              \
		.name = n, .key = k, .unit = "", .source = "IFLA_INET6_CONF DEVCONF_" #id,             \
		.what = about, .why = reason, .stage = STAGE_SYSCTL, .max = limit, .conf = CONF6_##id, \
		.advisory = advice, .get = conf_get, .plan = conf_plan, .apply = conf_apply,           \
		.serves = fits,                                                                        \
	}

/* a slice of struct dcb */
#define DCB_ROW(n, k, places, dcb_part, member, least, most, in_words, about, reason, ...)             \
	{                                                                                              \
		.name = n, .key = k, .unit = "", .source = "dcbnl " #dcb_part, .what = about, .why = reason, \
		.stage = STAGE_QOS, .min = least, .max = most, .count = places,                        \
		.part = DCB_PART_##dcb_part, .off = offsetof(struct dcb, member),                      \
		.read = dcb_read, .text = in_words, .apply = dcb_apply, __VA_ARGS__                    \
	}

/* a file of sysfs or debugfs */
#define ATTR_ROW(n, k, places, most, path, other, hint, advice, about, reason, ...)                    \
	{                                                                                              \
		.name = n, .key = k, .unit = "", .source = path, .what = about, .why = reason,         \
		.stage = STAGE_RDMA, .max = most, .count = places, .place = path,                      \
		.elsewhere = other, .absent = hint, .advisory = advice, .read = kernfile_read,         \
		.text = places ? prios_text : NULL, .apply = kernfile_apply, __VA_ARGS__               \
	}

/* a register of ConnectX firmware */
#define REG_ROW(n, k, reg, how, about, reason)                                                         \
	{                                                                                              \
		.name = n, .key = k, .unit = "", .source = "mstreg " reg, .what = about, .why = reason, \
		.stage = STAGE_RDMA, .max = 1, .words = switch_words, .advisory = true,                \
		.read = how##_read, .apply = how##_apply,                                              \
	}

static const char *const switch_words[] = { "off", "on", NULL };
static const char *const dcbx_words[] = { "firmware", "host", NULL };
static const char *const pause_words[] = { "off", "rx", "tx", "on", NULL };
static const char *const trust_words[] = { "pcp", "dscp", NULL };
static const char *const mode_words[] = { "v1", "v2", NULL };
static const char *const mode_kernel_words[] = { "IB/RoCE v1", "RoCE v2", NULL };

const struct setting settings[SETTING_N] = {
	[SETTING_DCBX] = {
		.name = "dcbx", .key = "qos.dcbx", .unit = "", .source = "dcbnl DCB_CMD_SDCBX",
		.what = "who decides on PFC and ETS: the firmware, by DCBX with the switch, or the host",
		.why = "firmware that has DCBX overwrites PFC and ETS with what the switch says",
		.stage = STAGE_QOS, .min = 1, .max = 1, .words = dcbx_words, .part = DCB_PART_DCBX,
		.off = offsetof(struct dcb, dcbx), .read = dcb_read, .text = dcbx_text, .same = dcbx_same,
		.plan = dcbx_plan, .apply = dcb_apply,
	},
	[SETTING_PAUSE] = {
		.name = "pause", .key = "qos.pause", .unit = "", .source = "ethtool netlink ETHTOOL_MSG_PAUSE_SET",
		.what = "global pause (IEEE 802.3x): frames that stop the whole link",
		.why = "global pause stops every priority at once, and drivers do not act on PFC beside it",
		.stage = STAGE_QOS, .max = 3, .words = pause_words, .read = pause_read, .apply = pause_apply,
	},
	[SETTING_BUFFER] =
		DCB_ROW("buffer", "qos.buffer", PRIORITIES * 2, BUFFER, prio_buffer, 0, UINT32_MAX, buffer_text,
			"the port's receive buffers: the buffer of each priority, the size of each buffer",
			"a priority with PFC in a buffer too small, or shared with others, loses packets all the same",
			.whole = true, .same = buffer_same),
	[SETTING_CABLE_LENGTH] =
		DCB_ROW("cable_length", "qos.cable_length_m", 0, PFC, pfc_delay, 0, 65535, NULL,
			"length of the cable, from which the driver works out the room behind a pause frame",
			"the buffer behind a pause frame must hold what is on the cable", ),
	[SETTING_ETS] =
		DCB_ROW("ets", "qos.ets", PRIORITIES * 3, ETS, prio_tc, 0, 255, ets_text,
			"traffic class of each priority, and how the classes share the wire (IEEE 802.1Qaz)",
			"priorities in one traffic class share its queue: what stops one stops all of them", .whole = true),
	[SETTING_MAXRATE] =
		DCB_ROW("maxrate", "qos.maxrate_mbps", PRIORITIES, MAXRATE, maxrate_kbps, 0, UINT32_MAX - 2, NULL,
			"upper limit of the rate of each traffic class",
			"a traffic class with a limit never gets more, however free the wire is", .same = maxrate_same),
	[SETTING_DSCP_PRIO] =
		DCB_ROW("dscp_prio", "qos.dscp_prio", DSCPS, APP, dscp_prio, 0, PRIORITIES - 1, dscp_prio_text,
			"priority of each DSCP",
			"a DSCP of another priority rides without PFC and is dropped under load", ),
	[SETTING_TRUST] = {
		.name = "trust", .key = "qos.trust", .unit = "", .source = "dcbnl DCB_ATTR_DCB_APP_TRUST_TABLE",
		.what = "where a packet's priority is from: the VLAN tag (pcp) or the IP header (dscp)",
		.why = "without trust in DSCP untagged RoCE packets are of priority 0, whatever their ToS",
		.stage = STAGE_QOS, .max = 1, .words = trust_words, .part = DCB_PART_TRUST,
		.off = offsetof(struct dcb, trust), .read = dcb_read, .text = trust_text, .plan = trust_plan,
		.apply = dcb_apply,
	},
	[SETTING_PFC] =
		DCB_ROW("pfc", "qos.pfc", PRIORITIES, PFC, pfc, 0, 1, prios_text,
			"priorities that are paused by themselves, without loss (IEEE 802.1Qbb)",
			"without PFC on its priority RoCE loses packets wherever a switch's queue is full",
			.flaps = "the link goes down and up"),
	[SETTING_VLAN_EGRESS] = {
		.name = "vlan_egress", .key = "qos.vlan_egress", .unit = "", .source = "rtnetlink IFLA_VLAN_EGRESS_QOS",
		.what = "priority in the tag of a VLAN netdev, for each priority of a packet in the kernel",
		.why = "rdma_cm takes the priority of a VLAN's tag from this map, not from the ToS",
		.stage = STAGE_QOS, .max = PRIORITIES - 1, .count = SKB_PRIORITIES, .read = vlan_egress_read, .text = map_text,
		.apply = vlan_egress_apply,
	},
	[SETTING_MTU] = {
		.name = "mtu", .key = "mtu", .unit = "B", .source = "rtnetlink IFLA_MTU",
		.what = "MTU of the port's netdev",
		.why = "RoCE takes the largest of 256, 512, 1024, 2048, 4096 B that fits into it; "
		       "a path of unequal MTUs lets connects pass and payload hang",
		/* below 1280 B Linux takes IPv6 off the device, with all of its addresses and settings */
		.stage = STAGE_LINK, .min = 1280, .max = 65535, .get = mtu_get, .plan = mtu_plan, .apply = mtu_apply,
	},
	[SETTING_UP] = {
		.name = "up", .unit = "", .source = "rtnetlink IFF_UP",
		.what = "the port's netdev is set up",
		.why = "a port that is down has no routes and no GIDs",
		.stage = STAGE_LINK, .max = 1, .get = up_get, .apply = up_apply,
	},
	[SETTING_ARP_IGNORE] =
		CONF_ROW("arp_ignore", "arp.ignore", IPV4_DEVCONF_ARP_IGNORE, 8, serves_one_or_two, false,
			 "which ARP requests the port answers",
			 "with 0 every port answers ARP for the addresses of the others (ARP flux): "
			 "peers send to the wrong port and connects end unreachable"),
	[SETTING_ARP_ANNOUNCE] =
		CONF_ROW("arp_announce", "arp.announce", IPV4_DEVCONF_ARP_ANNOUNCE, 2, serves_at_least, false,
			 "which address the port names as its own when it asks by ARP",
			 "with 0 a port may announce the address of another one as its own"),
	[SETTING_ARP_FILTER] =
		CONF_ROW("arp_filter", "arp.filter", IPV4_DEVCONF_ARPFILTER, 1, serves_exactly, false,
			 "ARP requests are answered by the port that the routing prefers alone",
			 "with 1 only the port that the routing prefers answers ARP"),
	[SETTING_ARP_ACCEPT] =
		CONF_ROW("arp_accept", "arp.accept", IPV4_DEVCONF_ARP_ACCEPT, 2, serves_one_or_two, true,
			 "neighbour entries are made of ARP announcements that nobody asked for",
			 "with 1 anybody on the wire can plant neighbour entries"),
	[SETTING_RP_FILTER] =
		CONF_ROW("rp_filter", "arp.rp_filter", IPV4_DEVCONF_RP_FILTER, 2, serves_rp_filter, false,
			 "what arrives is dropped when the way back would be by another port",
			 "with 1 the kernel drops what arrives at a port that it would not answer from, "
			 "ARP requests included"),
	[SETTING_ACCEPT_RA] =
		CONF6_ROW("accept_ra", "ipv6.accept_ra", ACCEPT_RA, 2, serves_exactly, false,
			  "IPv6 router advertisements are heard",
			  "with 1 a router's advertisement puts a default route by this port into table main, "
			  "and an address of its choice on the port"),
	[SETTING_KEEP_ADDR_ON_DOWN] =
		CONF6_ROW("keep_addr_on_down", "ipv6.keep_addr_on_down", KEEP_ADDR_ON_DOWN, 1,
			  serves_above_zero, true,
			  "IPv6 addresses stay when the port goes down",
			  "with 0 the port's IPv6 addresses are gone after it was set down and up again"),
	[SETTING_ADDRESS] = {
		.name = "address", .unit = "", .source = "rtnetlink RTM_NEWADDR",
		.what = "an IP address of the port",
		.why = "without it the port has no RoCE v2 GID that peers can reach",
		.stage = STAGE_ADDRESS, .plan = address_plan, .apply = address_apply,
	},
	[SETTING_ROUTE] = {
		.name = "route", .unit = "", .source = "rtnetlink RTM_NEWROUTE, proto static",
		.what = "a route of the port, in its own routing table",
		.why = "without it what is sent from the port's address falls to table main "
		       "and leaves by another port",
		.stage = STAGE_ROUTE, .plan = route_plan, .apply = route_apply,
	},
	[SETTING_RULE] = {
		.name = "rule", .unit = "", .source = "rtnetlink RTM_NEWRULE, proto static",
		.what = "the rule that leads from the port's address to its routing table",
		.why = "without it the port's own routing table is not used",
		.stage = STAGE_RULE, .plan = rule_plan, .apply = rule_apply,
	},
	[SETTING_CM_MODE] = {
		.name = "roce_mode", .key = "qos.roce_mode", .unit = "", .source = "configfs rdma_cm default_roce_mode",
		.what = "the type of RoCE that rdma_cm connects with",
		.why = "RoCE v1 is not routed and has no DSCP",
		.stage = STAGE_RDMA, .max = 1, .words = mode_words, .kernel_words = mode_kernel_words,
		.place = "default_roce_mode", .absent = "", .of_cm = true, .read = kernfile_read,
		.apply = kernfile_apply,
	},
	[SETTING_CM_TOS] = {
		.name = "tos", .key = "qos.tos", .unit = "", .source = "configfs rdma_cm default_roce_tos",
		.what = "ToS of what rdma_cm connects: four times the DSCP, and ECN bits",
		.why = "without it rdma_cm connects carry DSCP 0 and ride in the lossy class",
		.stage = STAGE_RDMA, .max = 255, .place = "default_roce_tos", .absent = "", .of_cm = true, .read = kernfile_read,
		.apply = kernfile_apply,
	},
	[SETTING_TRAFFIC_CLASS] =
		ATTR_ROW("traffic_class", "qos.traffic_class", 0, 255, "/sys/class/infiniband/{rdma}/tc/{port}/traffic_class", NULL,
			 " (the OFED driver alone has it: elsewhere the application sets it, NCCL_IB_TC)", true,
			 "traffic class of connections that set none of their own",
			 "applications that set no traffic class of their own send with DSCP 0", ),
	[SETTING_ECN_NP] =
		ATTR_ROW("ecn_np", "qos.ecn", PRIORITIES, 1, "/sys/class/net/{netdev}/ecn/roce_np/enable/{i}", NULL,
			 " (the OFED driver alone has it)", false,
			 "priorities on which the receiver answers ECN marks by congestion notification packets (CNP)",
			 "without it the receiver sends no CNP for packets that a switch has marked", ),
	[SETTING_ECN_RP] =
		ATTR_ROW("ecn_rp", NULL, PRIORITIES, 1, "/sys/class/net/{netdev}/ecn/roce_rp/enable/{i}", NULL,
			 " (the OFED driver alone has it)", false,
			 "priorities on which the sender slows down when a CNP comes",
			 "without it the sender does not slow down when a CNP comes", ),
	[SETTING_CNP_DSCP] =
		ATTR_ROW("cnp_dscp", "qos.cnp.dscp", 0, DSCPS - 1, "/sys/class/net/{netdev}/ecn/roce_np/cnp_dscp",
			 "/sys/kernel/debug/mlx5/{pci}/cc_params/np_cnp_dscp", " (nor mlx5's debugfs cc_params)", false,
			 "DSCP of the CNPs that this port sends",
			 "CNPs that wait behind data slow the sender down too late", ),
	[SETTING_CNP_PRIO] =
		ATTR_ROW("cnp_prio", "qos.cnp.prio", 0, PRIORITIES - 1, "/sys/class/net/{netdev}/ecn/roce_np/cnp_802p_prio",
			 "/sys/kernel/debug/mlx5/{pci}/cc_params/np_cnp_prio", " (nor mlx5's debugfs cc_params)", false,
			 "priority of the CNPs that this port sends",
			 "CNPs that wait behind data slow the sender down too late",
			 .unset = "/sys/kernel/debug/mlx5/{pci}/cc_params/np_cnp_prio_mode"),
	[SETTING_ACCEL_RETRANSMISSION] =
		REG_ROW("accel_retransmission", "qos.accelerations.adaptive_retransmission", "ROCE_ACCL", accl,
			"adaptive retransmission in the firmware",
			"on a lossy fabric it finds a lost packet sooner than the timeout of the connection"),
	[SETTING_ACCEL_TX_WINDOW] =
		REG_ROW("accel_tx_window", "qos.accelerations.tx_window", "ROCE_ACCL", accl,
			"transmission window in the firmware",
			"on a lossy fabric it limits how much is sent ahead of the acknowledgements"),
	[SETTING_ACCEL_SLOW_RESTART] =
		REG_ROW("accel_slow_restart", "qos.accelerations.slow_restart", "ROCE_ACCL", accl,
			"slow restart in the firmware",
			"on a lossy fabric a sender that begins again at full rate loses the same packets again"),
	[SETTING_SELECTIVE_REPEAT] =
		REG_ROW("selective_repeat", "qos.selective_repeat", "ROCE_ACCL", accl,
			"only the packets that were lost are sent again",
			"without it all packets behind a lost one are sent again"),
	[SETTING_RTTCC] =
		REG_ROW("rttcc", "qos.rttcc", "PPCC", rttcc,
			"congestion control by round trip times",
			"with it senders slow down by round trip times, which needs no ECN in the switches"),
	[SETTING_TCP_ECN] = {
		.name = "tcp_ecn", .key = "qos.tcp_ecn", .unit = "", .source = "/proc/sys/net/ipv4/tcp_ecn",
		.what = "TCP of this node asks for ECN and answers it",
		.why = "TCP beside RoCE fills the switches' queues unless it, too, slows down on ECN marks",
		.stage = STAGE_RDMA, .max = 5, .of_node = true, .place = "/proc/sys/net/ipv4/tcp_ecn", .absent = "",
		.read = kernfile_read, .apply = kernfile_apply,
	},
	[SETTING_FILE] = {
		.name = "file", .unit = "", .source = "the file",
		.what = "a file from which the network manager, or doroce, makes the settings at boot",
		.why = "without it the settings are gone after the next boot",
		.stage = STAGE_FILE, .plan_node = file_plan, .apply = file_apply, .join = file_join,
	},
};

const struct setting *setting_by_name(const char *name)
{
	for (size_t i = 0; i < SETTING_N; i++)
		if (strcmp(settings[i].name, name) == 0)
			return &settings[i];
	return NULL;
}

const struct setting *setting_by_key(const char *key)
{
	for (size_t i = 0; i < SETTING_N; i++)
		if (settings[i].key && strcmp(settings[i].key, key) == 0)
			return &settings[i];
	return NULL;
}

void planning_add(struct planning *pl, const struct setting *s, const struct port *p,
		  const struct value *old, const struct value *want)
{
	*vec_add(pl->arena, &pl->ops) = (struct op){
		.setting = s, .port = p, .old = *old, .want = *want,
	};
}

void plan_if_unequal(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct opt_u32 *wish = &w->number[setting_id(s)];
	struct value old = setting_value(s, &(uint32_t){ s->get(s, w->port) });
	struct value want = setting_value(s, &wish->v);

	if (wish->is == OPT_SET && old.number != want.number)
		planning_add(pl, s, w->port, &old, &want);
}
