/* SPDX-License-Identifier: MIT */
/* Messages of kernel objects: every member is in the message, and in the comparison. */
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <string.h>

#include "fake/kern.h"
#include "kern/netlink.h"
#include "test.h"

/* One member of an object. */
struct member {
	const char *name;
	size_t off, size;
};

#define MEMBER(type, m) { #m, offsetof(type, m), sizeof(((type *)0)->m) }

static const struct member rule_members[] = {
	MEMBER(struct rule, family),	      MEMBER(struct rule, src),
	MEMBER(struct rule, dst),	      MEMBER(struct rule, src_len),
	MEMBER(struct rule, dst_len),	      MEMBER(struct rule, tos),
	MEMBER(struct rule, action),	      MEMBER(struct rule, protocol),
	MEMBER(struct rule, ip_proto),	      MEMBER(struct rule, l3mdev),
	MEMBER(struct rule, flags),	      MEMBER(struct rule, table),
	MEMBER(struct rule, priority),	      MEMBER(struct rule, fwmark),
	MEMBER(struct rule, fwmask),	      MEMBER(struct rule, flow),
	MEMBER(struct rule, goto_priority),   MEMBER(struct rule, suppress_group),
	MEMBER(struct rule, suppress_prefix_len), MEMBER(struct rule, source_ports),
	MEMBER(struct rule, dest_ports),      MEMBER(struct rule, uids),
	MEMBER(struct rule, tunnel_id),	      MEMBER(struct rule, iif),
	MEMBER(struct rule, oif),
};

static const struct rule rule_full = {
	.family = AF_INET6,
	.src = { AF_INET, { 10, 0, 0, 1 } },
	.dst = { AF_INET, { 10, 0, 0, 2 } },
	.src_len = 31,
	.dst_len = 30,
	.tos = 4,
	.action = FR_ACT_BLACKHOLE,
	.protocol = 5,
	.ip_proto = 6,
	.l3mdev = 7,
	.flags = FIB_RULE_INVERT,
	.table = 8000,
	.priority = 9,
	.fwmark = 10,
	.fwmask = 11,
	.flow = 12,
	.goto_priority = 13,
	.suppress_group = 14,
	.suppress_prefix_len = 15,
	.source_ports = 16,
	.dest_ports = 17,
	.uids = 18,
	.tunnel_id = 19,
	.iif = "if20",
	.oif = "if21",
};

static const struct member route_members[] = {
	MEMBER(struct route, dst),	 MEMBER(struct route, gateway),
	MEMBER(struct route, prefsrc),	 MEMBER(struct route, table),
	MEMBER(struct route, oif),	 MEMBER(struct route, metric),
	MEMBER(struct route, protocol),	 MEMBER(struct route, scope),
	MEMBER(struct route, type),	 MEMBER(struct route, tos),
	MEMBER(struct route, multipath),
};

static const struct route route_full = {
	.dst = { { AF_INET, { 10, 1, 0, 0 } }, 16 }, .gateway = { AF_INET, { 10, 0, 0, 2 } },
	.prefsrc = { AF_INET, { 10, 0, 0, 3 } }, .table = 4000, .oif = 5, .metric = 6,
	.protocol = 7, .scope = 8, .type = 9, .tos = 10, .multipath = true,
};

/* Bytes of an object that no member covers: padding only. */
static size_t uncovered(const struct member *m, size_t n, size_t size)
{
	for (size_t i = 0; i < n; i++)
		size -= m[i].size;
	return size;
}

static bool message_equal(struct nl_msg *a, struct nl_msg *b)
{
	struct nlmsghdr *x = nlmsg_hdr(a), *y = nlmsg_hdr(b);

	return x->nlmsg_len == y->nlmsg_len &&
	       memcmp(nlmsg_data(x), nlmsg_data(y), x->nlmsg_len - NLMSG_HDRLEN) == 0;
}

/* base with the one member of full */
static void member_copy(void *base, const void *full, const struct member *m)
{
	memcpy((char *)base + m->off, (const char *)full + m->off, m->size);
}

static void every_member_of_a_rule_is_sent_and_compared(void **state)
{
	const struct rule base = rule_any(AF_INET);
	auto_msg *plain = rule_msg(CHANGE_ADD, &base);

	(void)state;
	assert_true(uncovered(rule_members, ARRAY_LEN(rule_members), sizeof(base)) < 4);
	for (size_t i = 0; i < ARRAY_LEN(rule_members); i++) {
		struct rule ru = base;

		member_copy(&ru, &rule_full, &rule_members[i]);
		auto_msg *m = rule_msg(CHANGE_ADD, &ru);
		if (message_equal(m, plain))
			fail_msg("%s is not in the message", rule_members[i].name);
		if (rule_equal(&ru, &base))
			fail_msg("%s is not compared", rule_members[i].name);
	}
}

static void every_member_but_the_source_makes_a_rule_narrow(void **state)
{
	static const char *const wide[] = { "family", "src",	  "src_len", "table",
					    "priority", "protocol", "action" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rule_members); i++) {
		struct rule ru = rule_any(AF_INET);
		bool narrow = true;

		for (size_t j = 0; j < ARRAY_LEN(wide); j++)
			narrow &= strcmp(rule_members[i].name, wide[j]) != 0;
		member_copy(&ru, &rule_full, &rule_members[i]);
		if (rule_is_narrow(&ru) != narrow)
			fail_msg("%s", rule_members[i].name);
	}
}

static void every_member_of_a_route_is_sent_and_compared(void **state)
{
	const struct route base = { .dst.addr.family = AF_INET };
	auto_msg *plain = route_msg(CHANGE_ADD, &base);

	(void)state;
	assert_true(uncovered(route_members, ARRAY_LEN(route_members), sizeof(base)) < 4);
	for (size_t i = 0; i < ARRAY_LEN(route_members); i++) {
		struct route rt = base;
		bool sent = strcmp(route_members[i].name, "multipath") != 0; /* never written */

		member_copy(&rt, &route_full, &route_members[i]);
		auto_msg *m = route_msg(CHANGE_ADD, &rt);
		if (message_equal(m, plain) == sent)
			fail_msg("%s is not in the message", route_members[i].name);
		if (route_equal(&rt, &base))
			fail_msg("%s is not compared", route_members[i].name);
	}
}

static void a_routes_key_is_destination_table_metric_and_tos(void **state)
{
	static const char *const key[] = { "dst", "table", "metric", "tos" };
	const struct route base = { .dst.addr.family = AF_INET };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(route_members); i++) {
		struct route rt = base;
		bool in_key = false;

		for (size_t j = 0; j < ARRAY_LEN(key); j++)
			in_key |= strcmp(route_members[i].name, key[j]) == 0;
		member_copy(&rt, &route_full, &route_members[i]);
		if (route_same_key(&rt, &base) == in_key)
			fail_msg("%s", route_members[i].name);
	}
}

static void an_address_is_sent_as_the_ports_own(void **state)
{
	const struct addr ad = { .ifindex = 7, .prefix = prefix_is("10.0.0.1/24") };
	auto_msg *m = addr_msg(CHANGE_ADD, &ad);
	struct ifaddrmsg *ifa = nlmsg_data(nlmsg_hdr(m));
	struct nlattr *tb[IFA_MAX + 1];

	(void)state;
	assert_int_equal(nlmsg_parse(nlmsg_hdr(m), sizeof(*ifa), tb, IFA_MAX, NULL), 0);
	assert_int_equal(ifa->ifa_family, AF_INET);
	assert_int_equal(ifa->ifa_prefixlen, 24);
	assert_int_equal(ifa->ifa_index, 7);
	assert_memory_equal(nla_data(tb[IFA_LOCAL]), "\x0a\0\0\x01", 4);
	assert_memory_equal(nla_data(tb[IFA_ADDRESS]), "\x0a\0\0\x01", 4);
	assert_memory_equal(nla_data(tb[IFA_BROADCAST]), "\x0a\0\0\xff", 4);
}

static void an_address_without_a_broadcast_address_is_sent_without_one(void **state)
{
	static const char *const prefixes[] = { "10.0.0.1/31", "10.0.0.1/32", "fd01::1/64" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		const struct addr ad = { .ifindex = 7, .prefix = prefix_is(prefixes[i]) };
		auto_msg *m = addr_msg(CHANGE_ADD, &ad);

		assert_null(nlmsg_find_attr(nlmsg_hdr(m), sizeof(struct ifaddrmsg), IFA_BROADCAST));
	}
}

static void changes_differ_in_type_and_flags(void **state)
{
	static const struct {
		enum change c;
		int flags, address, route, rule;
	} cases[] = {
		{ CHANGE_ADD, NLM_F_CREATE | NLM_F_EXCL, RTM_NEWADDR, RTM_NEWROUTE, RTM_NEWRULE },
		{ CHANGE_REPLACE, NLM_F_CREATE | NLM_F_REPLACE, RTM_NEWADDR, RTM_NEWROUTE,
		  RTM_NEWRULE },
		{ CHANGE_DEL, 0, RTM_DELADDR, RTM_DELROUTE, RTM_DELRULE },
	};
	const struct addr ad = { .ifindex = 7, .prefix = prefix_is("10.0.0.1/24") };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_msg *a = addr_msg(cases[i].c, &ad);
		auto_msg *rt = route_msg(cases[i].c, &route_full);
		auto_msg *ru = rule_msg(cases[i].c, &rule_full);

		assert_int_equal(nlmsg_hdr(a)->nlmsg_type, cases[i].address);
		assert_int_equal(nlmsg_hdr(rt)->nlmsg_type, cases[i].route);
		assert_int_equal(nlmsg_hdr(ru)->nlmsg_type, cases[i].rule);
		assert_int_equal(nlmsg_hdr(a)->nlmsg_flags, cases[i].flags);
		assert_int_equal(nlmsg_hdr(rt)->nlmsg_flags, cases[i].flags);
		assert_int_equal(nlmsg_hdr(ru)->nlmsg_flags, cases[i].flags);
	}
}

/* the header's field has 8 bits */
static void a_table_beyond_255_goes_into_the_attribute_alone(void **state)
{
	auto_msg *rt = route_msg(CHANGE_ADD, &route_full);
	auto_msg *ru = rule_msg(CHANGE_ADD, &rule_full);
	struct rtmsg *h = nlmsg_data(nlmsg_hdr(rt));
	struct fib_rule_hdr *f = nlmsg_data(nlmsg_hdr(ru));

	(void)state;
	assert_int_equal(h->rtm_table, RT_TABLE_UNSPEC);
	assert_int_equal(f->table, RT_TABLE_UNSPEC);
	assert_int_equal(nla_get_u32(nlmsg_find_attr(nlmsg_hdr(rt), sizeof(*h), RTA_TABLE)), 4000);
	assert_int_equal(nla_get_u32(nlmsg_find_attr(nlmsg_hdr(ru), sizeof(*f), FRA_TABLE)), 8000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_of_a_rule_is_sent_and_compared),
		cmocka_unit_test(every_member_but_the_source_makes_a_rule_narrow),
		cmocka_unit_test(every_member_of_a_route_is_sent_and_compared),
		cmocka_unit_test(a_routes_key_is_destination_table_metric_and_tos),
		cmocka_unit_test(an_address_is_sent_as_the_ports_own),
		cmocka_unit_test(an_address_without_a_broadcast_address_is_sent_without_one),
		cmocka_unit_test(changes_differ_in_type_and_flags),
		cmocka_unit_test(a_table_beyond_255_goes_into_the_attribute_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
