/* SPDX-License-Identifier: MIT */
/* Stage link: ports are active, and what RoCE sends fits into what the netdev carries. */
#include "validate/verify.h"

enum {
	STATE_ACTIVE = 4,
	/* BTH, RETH and ICRC in UDP over IPv4: the least that RoCE v2 adds to its payload */
	HEADERS_LEAST = 20 + 8 + 12 + 16 + 4,
	/* what the kernel leaves for headers when it derives the active MTU, iboe_get_mtu() */
	HEADERS_KERNEL = 40 + 8 + 12 + 4 + 28 + 4,
	MTU_MIN = 256,
};

/* Only watch remembers ports that are gone. */
static void gone_results(struct verify *v, const struct check *c)
{
	for vec_each(p, &v->node->ports) {
		if (!p->gone)
			continue;
		bool netdev = node_link(v->node, p->link.ifindex);
		struct result *r = result_add(v, c, VERDICT_FAIL, p);

		r->seen = arena_printf(v->arena, netdev ? "no RDMA device on %s any more" : "gone, and so is %s", p->link.name);
		r->wanted = "there, as before";
		r->mend = c->mend;
	}
}

void check_link_present(struct verify *v, const struct check *c)
{
	gone_results(v, c);
	for (size_t i = 0; v->remarks && i < v->remarks->n; i++) {
		const struct remark *re = &v->remarks->at[i];

		if (!re->missing)
			continue;
		struct result *r = result_add(v, c, VERDICT_FAIL, NULL);
		r->subject = re->missing->line ? arena_printf(v->arena, "%s:%u", re->missing->file, re->missing->line) :
						 re->missing->file;
		r->seen = re->text;
		r->wanted = "a port for each entry of the intent (`optional: true` allows that there is none)";
		r->mend = c->mend;
	}
}

/* True for the first target of each port: link checks are about ports, not addresses. */
static bool is_first_of_port(const struct verify *v, const struct target *t)
{
	return t == v->targets.at || t[-1].port != t->port;
}

void check_link_active(struct verify *v, const struct check *c)
{
	for vec_each(t, &v->targets) {
		const struct port *p = t->port;
		bool active = p->rdma.state == STATE_ACTIVE && p->link.carrier && p->link.up;

		if (!active && !t->blocked)
			t->blocked = c->id;
		if (!is_first_of_port(v, t))
			continue;
		struct result *r = result_add(v, c, active ? VERDICT_PASS : VERDICT_FAIL, p);
		r->seen = arena_printf(v->arena, "RDMA port %s, netdev %s, %s",
				       p->rdma.state == STATE_ACTIVE ? "ACTIVE" : "not ACTIVE",
				       p->link.up ? "up" : "down", p->link.carrier ? "carrier" : "no carrier");
		r->wanted = "ACTIVE, up, carrier";
		r->mend = p->link.up ? "cable, transceiver, switch port" :
				       arena_printf(v->arena, "ip link set %s up", p->link.name);
	}
	if (!v->targets.n)
		result_add(v, c, VERDICT_NA, NULL)->seen = "no RoCE port with an address to verify";
}

static uint32_t fitting_mtu(uint32_t netdev_mtu, uint32_t max)
{
	uint32_t m = max;

	while (m > MTU_MIN && m + HEADERS_KERNEL > netdev_mtu)
		m /= 2;
	return m;
}

static void mtu_result(struct verify *v, const struct check *c, const struct target *t)
{
	uint32_t active = t->attr.active_mtu, netdev = t->port->link.mtu;
	uint32_t fits = fitting_mtu(netdev, t->attr.max_mtu);
	enum verdict verdict = active + HEADERS_LEAST > netdev ? VERDICT_FAIL :
			       active < fits		       ? VERDICT_WARN :
								 VERDICT_PASS;
	bool vlan = t->port->below[0];

	/* rdma_cm looks at the VLAN's own MTU; only who takes the RDMA port's word for it sends too much */
	if (vlan && verdict == VERDICT_FAIL)
		verdict = VERDICT_WARN;
	struct result *r = result_add(v, c, verdict, t->port);

	r->seen = arena_printf(v->arena, "active MTU %u B, netdev MTU %u B", active, netdev);
	r->wanted = arena_printf(v->arena, "active MTU %u B", fits);
	r->mend = vlan ? arena_printf(v->arena, "the MTU of %s for the VLAN, too", t->port->below) :
			 (char *)"set the netdev's MTU again, or reload the driver";
}

void check_link_mtu(struct verify *v, const struct check *c)
{
	for vec_each(t, &v->targets) {
		struct err e = { 0 };

		if (v->kern->rdma_attr(v->kern, &t->port->rdma, v->arena, &t->attr, &e) < 0)
			t->attr_error = arena_strdup(v->arena, e.text);
		if (!is_first_of_port(v, t))
			continue;
		if (t->attr_error)
			result_add(v, c, VERDICT_NA, t->port)->seen = t->attr_error;
		else
			mtu_result(v, c, t);
	}
}
