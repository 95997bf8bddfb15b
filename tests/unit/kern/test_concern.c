/* SPDX-License-Identifier: MIT */
/* Of the kernel's events only those about the ports count. */
#include <linux/dcbnl.h>
#include <linux/netconf.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>

#include "fake/site.h"
#include "kern/concern.h"
#include "kern/netlink.h"
#include "kern/route.h"
#include "kern/rule.h"
#include "test.h"

enum { OURS = 10, OTHER = 11 };

/* One port: p0 with 10.0.0.1/24, table 101, gateway 10.0.0.254, which was 02:…:01 when it was asked. */
static struct concern concern_make(struct arena *a)
{
	struct concern c = { 0 };

	*vec_add(a, &c.links) = OURS;
	*vec_add(a, &c.netdevs) = "p0";
	*vec_add(a, &c.tables) = 101;
	*vec_add(a, &c.near) = prefix_is("10.0.0.0/24");
	*vec_add(a, &c.asks) = (struct neigh_ask){
		.ifindex = OURS, .ip = ip_is("10.0.0.254"), .resolved = true, .mac = { 2, 0, 0, 0, 0, 1 },
	};
	return c;
}

static bool concerns(struct nl_msg *m)
{
	auto_arena a = { 0 };
	const struct concern c = concern_make(&a);
	auto_msg *own = m;

	assert_non_null(own);
	return concern_of_route(&c, nlmsg_hdr(own));
}

static struct nl_msg *link_msg(int ifindex, unsigned int change, int attr, uint32_t value)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex, .ifi_change = change };
	struct nl_msg *m = netlink_msg(RTM_NEWLINK, 0, &ifi, sizeof(ifi));

	assert_int_equal(attr ? nla_put_u32(m, attr, value) : 0, 0);
	return m;
}

static void links_of_ports_and_on_them_count(void **state)
{
	(void)state;
	assert_true(concerns(link_msg(OURS, 0, 0, 0)));
	assert_true(concerns(link_msg(OTHER, 0, IFLA_LINK, OURS)));
	assert_true(concerns(link_msg(OTHER, 0, IFLA_MASTER, OURS)));
	assert_false(concerns(link_msg(OTHER, 0, IFLA_MASTER, OTHER)));
	assert_false(concerns(link_msg(OTHER, 1, 0, 0)));
}

static void a_new_netdev_counts_unless_somebody_has_made_it(void **state)
{
	struct nl_msg *veth = link_msg(OTHER, ~0U, 0, 0);

	(void)state;
	assert_int_equal(nla_put(veth, IFLA_LINKINFO, 0, NULL), 0);
	assert_false(concerns(veth));
	assert_true(concerns(link_msg(OTHER, ~0U, 0, 0)));
}

static bool address_concerns(int ifindex, const char *prefix)
{
	const struct addr ad = { .ifindex = ifindex, .prefix = prefix_is(prefix) };

	return concerns(addr_msg(CHANGE_ADD, &ad));
}

static void addresses_of_ports_and_near_them_count(void **state)
{
	(void)state;
	assert_true(address_concerns(OURS, "172.16.0.1/16"));
	assert_true(address_concerns(OTHER, "10.0.0.9/32"));
	assert_false(address_concerns(OTHER, "10.0.1.9/32"));
	assert_false(address_concerns(OTHER, "fd00::1/64"));
}

static bool route_concerns(const char *dst, uint32_t oif, uint32_t table)
{
	const struct route rt = { .dst = prefix_is(dst), .oif = oif, .table = table, .type = RTN_UNICAST };

	return concerns(route_msg(CHANGE_ADD, &rt));
}

static void routes_by_ports_of_their_tables_and_to_their_subnets_count(void **state)
{
	(void)state;
	assert_true(route_concerns("172.16.0.0/16", OURS, RT_TABLE_MAIN));
	assert_true(route_concerns("172.16.0.0/16", OTHER, 101));
	assert_true(route_concerns("10.0.0.128/25", OTHER, RT_TABLE_MAIN));
	assert_true(route_concerns("0.0.0.0/0", OTHER, RT_TABLE_MAIN));
	assert_false(route_concerns("172.16.0.0/16", OTHER, RT_TABLE_MAIN));
	assert_false(route_concerns("::/0", OTHER, RT_TABLE_MAIN));
}

static bool rule_concerns(const char *src, const char *iif)
{
	struct rule ru = rule_any(AF_INET);

	if (src)
		ru.src = ip_is(src);
	ru.src_len = src ? 32 : 0;
	ru.table = 5000;
	snprintf(ru.iif, sizeof(ru.iif), "%s", iif);
	return concerns(rule_msg(CHANGE_ADD, &ru));
}

static void rules_that_what_ports_send_can_meet_count(void **state)
{
	(void)state;
	assert_true(rule_concerns("10.0.0.1", ""));
	assert_true(rule_concerns(NULL, ""));
	assert_true(rule_concerns(NULL, "lo"));
	assert_true(rule_concerns(NULL, "p0"));
	assert_false(rule_concerns(NULL, "cali1"));
	assert_false(rule_concerns("192.168.0.1", ""));
}

static struct nl_msg *neigh_msg(const char *ip, uint16_t nud, uint8_t last_of_mac, uint32_t pid)
{
	const struct ip dst = ip_is(ip);
	const uint8_t mac[MAC_LEN] = { 2, 0, 0, 0, 0, last_of_mac };
	struct ndmsg nd = { .ndm_family = AF_INET, .ndm_ifindex = OURS, .ndm_state = nud };
	struct nl_msg *m = netlink_msg(RTM_NEWNEIGH, 0, &nd, sizeof(nd));

	assert_int_equal(nla_put(m, NDA_DST, 4, dst.bytes), 0);
	assert_int_equal(nla_put(m, NDA_LLADDR, MAC_LEN, mac), 0);
	nlmsg_hdr(m)->nlmsg_pid = pid;
	return m;
}

/* Else the kernel's own confirmations, and doroce's own questions, would be events without an end. */
static void of_neighbours_another_answer_counts(void **state)
{
	(void)state;
	assert_false(concerns(neigh_msg("10.0.0.254", NUD_REACHABLE, 1, 0)));
	assert_false(concerns(neigh_msg("10.0.0.254", NUD_STALE, 1, 0)));
	assert_true(concerns(neigh_msg("10.0.0.254", NUD_REACHABLE, 2, 0)));
	assert_true(concerns(neigh_msg("10.0.0.254", NUD_FAILED, 1, 0)));
	assert_false(concerns(neigh_msg("10.0.0.254", NUD_FAILED, 1, 4711)));
	assert_false(concerns(neigh_msg("10.0.0.9", NUD_FAILED, 1, 0)));
}

static struct nl_msg *with_u32(int type, size_t head, int attr, uint32_t value)
{
	const char zero[32] = { 0 };
	struct nl_msg *m = netlink_msg(type, 0, zero, head);

	assert_int_equal(nla_put_u32(m, attr, value), 0);
	return m;
}

static struct nl_msg *dcb_of(const char *netdev)
{
	const struct dcbmsg dcb = { 0 };
	struct nl_msg *m = netlink_msg(RTM_SETDCB, 0, &dcb, sizeof(dcb));

	assert_int_equal(nla_put_string(m, DCB_ATTR_IFNAME, netdev), 0);
	return m;
}

static void next_hops_settings_and_dcb_of_ports_count(void **state)
{
	(void)state;
	assert_true(concerns(with_u32(RTM_NEWNEXTHOP, sizeof(struct nhmsg), NHA_OIF, OURS)));
	assert_false(concerns(with_u32(RTM_NEWNEXTHOP, sizeof(struct nhmsg), NHA_OIF, OTHER)));
	assert_true(concerns(with_u32(RTM_NEWNETCONF, sizeof(struct netconfmsg), NETCONFA_IFINDEX, OURS)));
	assert_true(concerns(with_u32(RTM_NEWNETCONF, sizeof(struct netconfmsg), NETCONFA_IFINDEX,
				      (uint32_t)NETCONFA_IFINDEX_ALL)));
	assert_false(concerns(with_u32(RTM_NEWNETCONF, sizeof(struct netconfmsg), NETCONFA_IFINDEX,
				       (uint32_t)NETCONFA_IFINDEX_DEFAULT)));
	assert_true(concerns(dcb_of("p0")));
	assert_false(concerns(dcb_of("eth0")));
}

static void events_of_rdma_devices_count(void **state)
{
	static const char ours[] = "remove@/devices/virtual/infiniband/rxe0\0ACTION=remove\0SUBSYSTEM=infiniband";
	static const char verbs[] = "add@/devices/x/uverbs0\0SUBSYSTEM=infiniband_verbs";
	static const char net[] = "add@/devices/x/net/p0\0ACTION=add\0SUBSYSTEM=net";

	(void)state;
	assert_true(concern_of_uevent(ours, sizeof(ours)));
	assert_true(concern_of_uevent(ours, sizeof(ours) - 1));
	assert_true(concern_of_uevent(verbs, sizeof(verbs)));
	assert_false(concern_of_uevent(net, sizeof(net)));
	assert_false(concern_of_uevent(ours, 0));
}

static void the_removal_of_a_device_file_is_told_by_its_name(void **state)
{
	static const char text[] = "remove@/devices/virtual/infiniband_verbs/uverbs1\0ACTION=remove";
	static const char added[] = "add@/devices/virtual/infiniband_verbs/uverbs1";

	(void)state;
	assert_true(concern_is_removal(text, sizeof(text), "uverbs1"));
	assert_false(concern_is_removal(text, sizeof(text), "uverbs10"));
	assert_false(concern_is_removal(text, sizeof(text), "verbs1"));
	assert_false(concern_is_removal(added, sizeof(added), "uverbs1"));
	assert_false(concern_is_removal(text, 20, "uverbs1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_of_ports_and_on_them_count),
		cmocka_unit_test(a_new_netdev_counts_unless_somebody_has_made_it),
		cmocka_unit_test(addresses_of_ports_and_near_them_count),
		cmocka_unit_test(routes_by_ports_of_their_tables_and_to_their_subnets_count),
		cmocka_unit_test(rules_that_what_ports_send_can_meet_count),
		cmocka_unit_test(of_neighbours_another_answer_counts),
		cmocka_unit_test(next_hops_settings_and_dcb_of_ports_count),
		cmocka_unit_test(events_of_rdma_devices_count),
		cmocka_unit_test(the_removal_of_a_device_file_is_told_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
