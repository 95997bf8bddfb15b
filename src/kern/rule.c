/* SPDX-License-Identifier: MIT */
/* Routing rules: which table a packet is looked up in. */
#include "kern/rule.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kern/fields.h"
#include "kern/netlink.h"

/* Every attribute of a rule; what struct fib_rule_hdr holds beside them is in head_put and head_get. */
static const struct field rule_fields[] = {
	FIELD(struct rule, src, FRA_SRC, FIELD_IP),
	FIELD(struct rule, dst, FRA_DST, FIELD_IP),
	FIELD(struct rule, table, FRA_TABLE, FIELD_BYTES),
	FIELD(struct rule, priority, FRA_PRIORITY, FIELD_BYTES),
	FIELD(struct rule, protocol, FRA_PROTOCOL, FIELD_BYTES),
	FIELD(struct rule, fwmark, FRA_FWMARK, FIELD_BYTES),
	FIELD(struct rule, fwmask, FRA_FWMASK, FIELD_BYTES),
	FIELD(struct rule, flow, FRA_FLOW, FIELD_BYTES),
	FIELD(struct rule, goto_priority, FRA_GOTO, FIELD_BYTES),
	FIELD(struct rule, suppress_group, FRA_SUPPRESS_IFGROUP, FIELD_BYTES),
	FIELD(struct rule, suppress_prefix_len, FRA_SUPPRESS_PREFIXLEN, FIELD_BYTES),
	FIELD(struct rule, l3mdev, FRA_L3MDEV, FIELD_BYTES),
	FIELD(struct rule, uids, FRA_UID_RANGE, FIELD_BYTES),
	FIELD(struct rule, tunnel_id, FRA_TUN_ID, FIELD_BYTES),
	FIELD(struct rule, ip_proto, FRA_IP_PROTO, FIELD_BYTES),
	FIELD(struct rule, source_ports, FRA_SPORT_RANGE, FIELD_BYTES),
	FIELD(struct rule, dest_ports, FRA_DPORT_RANGE, FIELD_BYTES),
	FIELD(struct rule, iif, FRA_IIFNAME, FIELD_STRING),
	FIELD(struct rule, oif, FRA_OIFNAME, FIELD_STRING),
};

struct reading {
	struct arena *arena;
	struct rules *rules;
};

static struct fib_rule_hdr head_put(const struct rule *ru)
{
	return (struct fib_rule_hdr){
		.family = ru->family,
		.src_len = ru->src_len,
		.dst_len = ru->dst_len,
		.tos = ru->tos,
		.table = ru->table < 256 ? (uint8_t)ru->table : RT_TABLE_UNSPEC,
		.action = ru->action,
		.flags = ru->flags & FIB_RULE_INVERT,
	};
}

static struct rule head_get(const struct fib_rule_hdr *h)
{
	struct rule ru = rule_any(h->family);

	ru.src_len = h->src_len;
	ru.dst_len = h->dst_len;
	ru.tos = h->tos;
	ru.table = h->table;
	ru.action = h->action;
	ru.flags = h->flags;
	return ru;
}

/* True when the kernel sent an attribute that selects packets and has no row above. */
static bool has_other(struct nlmsghdr *h)
{
	struct nlattr *at;
	int left;

	nlmsg_for_each_attr(at, h, (int)sizeof(struct fib_rule_hdr), left) {
		bool known = nla_type(at) == FRA_PAD || nla_type(at) == FRA_UNUSED2;

		for (size_t i = 0; i < ARRAY_LEN(rule_fields) && !known; i++)
			known = rule_fields[i].attr == nla_type(at);
		if (!known)
			return true;
	}
	return false;
}

int rule_of_msg(struct nlmsghdr *h, struct rule *ret, struct err *e)
{
	struct fib_rule_hdr *hdr = nlmsg_data(h);
	struct nlattr *tb[FRA_MAX + 1];

	if (nlmsg_parse(h, sizeof(*hdr), tb, FRA_MAX, NULL) < 0)
		return err_set(e, -EBADMSG, "rules: malformed answer");
	*ret = head_get(hdr);
	ret->other = has_other(h);
	return fields_get(tb, rule_fields, ARRAY_LEN(rule_fields), hdr->family, ret, e);
}

static int rule_read(struct nlmsghdr *h, void *arg, struct err *e)
{
	struct reading *rd = arg;
	struct fib_rule_hdr *hdr = nlmsg_data(h);

	if (h->nlmsg_type != RTM_NEWRULE || !ip_size(hdr->family))
		return 0;
	return rule_of_msg(h, vec_add(rd->arena, rd->rules), e);
}

struct rule rule_any(uint8_t family)
{
	return (struct rule){
		.family = family,
		.action = FR_ACT_TO_TBL,
		.suppress_group = UINT32_MAX,
		.suppress_prefix_len = UINT32_MAX,
	};
}

int rule_list(struct nl_sock *s, struct arena *a, struct rules *ret, struct err *e)
{
	struct fib_rule_hdr hdr = { .family = AF_UNSPEC };
	auto_msg *m = netlink_msg(RTM_GETRULE, NLM_F_DUMP, &hdr, sizeof(hdr));
	struct reading rd = { .arena = a, .rules = ret };

	return netlink_ask(s, m, rule_read, &rd, "rules", e);
}

struct nl_msg *rule_msg(enum change c, const struct rule *ru)
{
	struct fib_rule_hdr hdr = head_put(ru);
	auto_msg *m = netlink_msg(c == CHANGE_DEL ? RTM_DELRULE : RTM_NEWRULE, change_flags(c), &hdr,
				  sizeof(hdr));

	if (!m || fields_put(m, rule_fields, ARRAY_LEN(rule_fields), ru) < 0)
		return NULL;
	return TAKE(m);
}

int rule_set(struct nl_sock *s, enum change c, const struct rule *ru, struct err *e)
{
	auto_msg *m = rule_msg(c, ru);
	char src[IP_TEXT], what[IP_TEXT + 64];

	snprintf(what, sizeof(what), "%s rule %u from %s lookup %u",
		 c == CHANGE_DEL ? "remove" : "add", ru->priority, ip_text(&ru->src, src), ru->table);
	return netlink_change(s, m, what, e);
}

bool rule_equal(const struct rule *a, const struct rule *b)
{
	/* of many rules most differ in these: the list of fields is the slow way to find that out */
	if (a->table != b->table || a->priority != b->priority || !ip_equal(&a->src, &b->src))
		return false;
	return a->family == b->family && a->src_len == b->src_len && a->dst_len == b->dst_len &&
	       a->tos == b->tos && a->action == b->action &&
	       (a->flags & FIB_RULE_INVERT) == (b->flags & FIB_RULE_INVERT) &&
	       fields_equal(rule_fields, ARRAY_LEN(rule_fields), a, b);
}

bool rule_is_narrow(const struct rule *ru)
{
	struct rule wide = rule_any(ru->family);

	wide.src = ru->src;
	wide.src_len = ru->src_len;
	wide.table = ru->table;
	wide.priority = ru->priority;
	wide.protocol = ru->protocol;
	wide.action = ru->action;
	return ru->other || !rule_equal(&wide, ru);
}
