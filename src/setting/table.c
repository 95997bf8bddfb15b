/* SPDX-License-Identifier: MIT */
/* The list of settings: a new one is a row here and, where it is of a new kind, a file beside. */
#include <string.h>

#include "setting/setting.h"

/* rows below net.ipv4.conf differ in few places; those below net.ipv6.conf are written one by one */
#define CONF_ROW(n, k, id, limit, fits, advice, reason)                                        \
	{                                                                                      \
		.name = n, .key = k, .unit = "", .source = "IFLA_INET_CONF " #id,              \
		.why = reason, .stage = STAGE_SYSCTL, .max = limit, .conf = id,                \
		.advisory = advice, .get = conf_get, .plan = conf_plan, .apply = conf_apply,   \
		.join = conf_join, .serves = fits,                                             \
	}

#define CONF6_ROW(n, k, id, limit, fits, advice, reason)                                       \
	{                                                                                      \
		.name = n, .key = k, .unit = "", .source = "IFLA_INET6_CONF DEVCONF_" #id,     \
		.why = reason, .stage = STAGE_SYSCTL, .max = limit, .conf = CONF6_##id,         \
		.advisory = advice, .get = conf_get, .plan = conf_plan, .apply = conf_apply,   \
		.serves = fits,                                                                \
	}

const struct setting settings[SETTING_N] = {
	[SETTING_MTU] = {
		.name = "mtu", .key = "mtu", .unit = "B", .source = "rtnetlink IFLA_MTU",
		.why = "RoCE takes the largest of 256, 512, 1024, 2048, 4096 B that fits into it; "
		       "a path of unequal MTUs lets connects pass and payload hang",
		/* below 1280 B Linux takes IPv6 off the device, with all of its addresses and settings */
		.stage = STAGE_LINK, .min = 1280, .max = 65535, .get = mtu_get, .plan = mtu_plan, .apply = mtu_apply,
	},
	[SETTING_UP] = {
		.name = "up", .unit = "", .source = "rtnetlink IFF_UP",
		.why = "a port that is down has no routes and no GIDs",
		.stage = STAGE_LINK, .max = 1, .get = up_get, .apply = up_apply,
	},
	[SETTING_ARP_IGNORE] =
		CONF_ROW("arp_ignore", "arp.ignore", IPV4_DEVCONF_ARP_IGNORE, 8, serves_one_or_two, false,
			 "with 0 every port answers ARP for the addresses of the others (ARP flux): "
			 "peers send to the wrong port and connects end unreachable"),
	[SETTING_ARP_ANNOUNCE] =
		CONF_ROW("arp_announce", "arp.announce", IPV4_DEVCONF_ARP_ANNOUNCE, 2, serves_at_least, false,
			 "with 0 a port may announce the address of another one as its own"),
	[SETTING_ARP_FILTER] =
		CONF_ROW("arp_filter", "arp.filter", IPV4_DEVCONF_ARPFILTER, 1, serves_exactly, false,
			 "with 1 only the port that the routing prefers answers ARP"),
	[SETTING_ARP_ACCEPT] =
		CONF_ROW("arp_accept", "arp.accept", IPV4_DEVCONF_ARP_ACCEPT, 2, serves_one_or_two, true,
			 "with 1 anybody on the wire can plant neighbour entries"),
	[SETTING_RP_FILTER] =
		CONF_ROW("rp_filter", "arp.rp_filter", IPV4_DEVCONF_RP_FILTER, 2, serves_rp_filter, false,
			 "with 1 the kernel drops what arrives at a port that it would not answer from, "
			 "ARP requests included"),
	[SETTING_ACCEPT_RA] =
		CONF6_ROW("accept_ra", "ipv6.accept_ra", ACCEPT_RA, 2, serves_exactly, false,
			  "with 1 a router's advertisement puts a default route by this port into table main, "
			  "and an address of its choice on the port"),
	[SETTING_KEEP_ADDR_ON_DOWN] =
		CONF6_ROW("keep_addr_on_down", "ipv6.keep_addr_on_down", KEEP_ADDR_ON_DOWN, 1,
			  serves_above_zero, true,
			  "with 0 the port's IPv6 addresses are gone after it was set down and up again"),
	[SETTING_ADDRESS] = {
		.name = "address", .unit = "", .source = "rtnetlink RTM_NEWADDR",
		.why = "without it the port has no RoCE v2 GID that peers can reach",
		.stage = STAGE_ADDRESS, .plan = address_plan, .apply = address_apply,
	},
	[SETTING_ROUTE] = {
		.name = "route", .unit = "", .source = "rtnetlink RTM_NEWROUTE, proto static",
		.why = "without it what is sent from the port's address falls to table main "
		       "and leaves by another port",
		.stage = STAGE_ROUTE, .plan = route_plan, .apply = route_apply,
	},
	[SETTING_RULE] = {
		.name = "rule", .unit = "", .source = "rtnetlink RTM_NEWRULE, proto static",
		.why = "without it the port's own routing table is not used",
		.stage = STAGE_RULE, .plan = rule_plan, .apply = rule_apply,
	},
	[SETTING_FILE] = {
		.name = "file", .unit = "", .source = "the file",
		.why = "without it the settings are gone after the next boot",
		.stage = STAGE_FILE, .plan_node = file_plan, .apply = file_apply,
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
	struct value old = { .kind = VALUE_NUMBER, .number = s->get(s, w->port) };
	struct value want = { .kind = VALUE_NUMBER, .number = wish->v };

	if (wish->is == OPT_SET && old.number != want.number)
		planning_add(pl, s, w->port, &old, &want);
}
