/* SPDX-License-Identifier: MIT */
/* Stage peer, inside the host: each port connects with each other port of this node where that leaves the wire.
 *
 * IPv4: the route is looked up by the port (oif), so table local, whose devices are others, does not match, and packets
 * leave. The port that gets them must take a source that is this node's own: accept_local, lent for the time of the test.
 * IPv6: table local wins over the port, so global addresses never leave; link-local ones do, and prove the same wire. */
#include <errno.h>
#include <string.h>

#include "kern/caller.h"
#include "kern/loan.h"
#include "validate/verify.h"

static uint32_t conf_of(const struct verify *v, const struct target *t, uint16_t id)
{
	return conf_effective(id, v->node->conf_all[id], t->port->link.conf[id]);
}

static const char *conf_text(struct verify *v, const struct target *t, uint16_t id)
{
	bool all = v->node->conf_all[id] == conf_of(v, t, id);

	return arena_printf(v->arena, "net.ipv4.conf.%s.%s is %u: the kernel drops from the wire what has an address of this node",
			    all ? "all" : t->port->link.name, conf_name(id), conf_of(v, t, id));
}

/* The port's setting that forbids the test; NULL: none does. */
static const char *conf_hinders(struct verify *v, const struct target *t)
{
	if (conf_of(v, t, IPV4_DEVCONF_RP_FILTER) == 1)
		return conf_text(v, t, IPV4_DEVCONF_RP_FILTER);
	return conf_of(v, t, IPV4_DEVCONF_ARPFILTER) ? conf_text(v, t, IPV4_DEVCONF_ARPFILTER) : NULL;
}

static struct ip link_local_of(const struct verify *v, const struct target *t)
{
	for vec_each(ad, &v->node->addrs)
		if (ad->ifindex == t->port->link.ifindex && ip_is_link_local(&ad->prefix.addr))
			return ad->prefix.addr;
	return (struct ip){ 0 };
}

static void ways_of_ip4(struct verify *v, struct inhost *ih)
{
	ih->src = ih->from->addr.addr;
	ih->dst = ih->to->addr.addr;
	ih->why_not = conf_hinders(v, ih->from);
	if (!ih->why_not)
		ih->why_not = conf_hinders(v, ih->to);
}

static void ways_of_ip6(struct verify *v, struct inhost *ih)
{
	ih->src = link_local_of(v, ih->from);
	ih->dst = link_local_of(v, ih->to);
	if (!ih->on_link)
		ih->why_not = "IPv6: between global addresses of one node packets never leave it, and link-local "
			      "ones do not pass a gateway";
	else if (!ih->src.family || !ih->dst.family)
		ih->why_not = arena_printf(v->arena, "%s has no link-local address, and between global ones packets never "
					   "leave the node", (ih->src.family ? ih->to : ih->from)->port->link.name);
}

/* Said already: of a port the same reason once, the same two link-local addresses once. */
static bool is_said(const struct verify *v, const struct inhost *ih)
{
	for (size_t i = v->inhost.n; i-- > 0 && v->inhost.at[i].from->port == ih->from->port;) {
		const struct inhost *have = &v->inhost.at[i];

		if (ih->why_not ? have->why_not && strcmp(have->why_not, ih->why_not) == 0 :
				  !have->why_not && ip_equal(&have->src, &ih->src) && ip_equal(&have->dst, &ih->dst))
			return true;
	}
	return false;
}

static void pair_try(struct verify *v, const struct target *from, const struct target *to)
{
	struct inhost ih = { .from = from, .to = to };

	if (from->port->link.ifindex == to->port->link.ifindex || from->addr.addr.family != to->addr.addr.family ||
	    from->blocked || to->blocked || !target_leads(v, from, &to->addr.addr) ||
	    !target_leads(v, to, &from->addr.addr))
		return;
	ih.on_link = ip_in_prefix(&to->addr.addr, &from->addr) && ip_in_prefix(&from->addr.addr, &to->addr);
	if (from->addr.addr.family == AF_INET)
		ways_of_ip4(v, &ih);
	else
		ways_of_ip6(v, &ih);
	if (!is_said(v, &ih))
		*vec_add(v->arena, &v->inhost) = ih;
}

void inhost_find(struct verify *v)
{
	v->inhost.n = 0;
	for vec_each(from, &v->targets)
		for vec_each(to, &v->targets)
			pair_try(v, from, to);
}

static void probes_add(struct verify *v)
{
	v->inhost_probes.n = 0;
	for vec_each(ih, &v->inhost) {
		if (ih->why_not)
			continue;
		struct cm_probe *p = vec_add(v->arena, &v->inhost_probes);

		*p = (struct cm_probe){ .src = ih->src, .dst = ih->dst, .user = ih };
		if (ip_is_link_local(&ih->src))
			p->scope = (uint32_t)ih->from->port->link.ifindex;
		memcpy(p->device, ih->from->port->rdma.device, sizeof(p->device));
	}
}

/* Both ends of each IPv4 pair, each device once. */
static int *borrowers(struct verify *v, size_t *ret_n)
{
	int *ifindex = arena_array(v->arena, int, v->targets.n + 1);

	*ret_n = 0;
	for vec_each(p, &v->inhost_probes) {
		const struct inhost *ih = p->user;
		int own = ih->from->port->link.ifindex;

		/* grouped by the port that connects, and each pair is there both ways round */
		if (p->src.family == AF_INET && (!*ret_n || ifindex[*ret_n - 1] != own))
			ifindex[(*ret_n)++] = own;
	}
	return ifindex;
}

static int lend(struct verify *v, struct loan *l, struct err *e)
{
	size_t n;
	int *ifindex = borrowers(v, &n);

	if (n && !caller_is_net_admin())
		return err_set(e, -EPERM, "sets accept_local for the time of the test: needs root (CAP_NET_ADMIN)");
	return n ? loan_take(l, v->o.state_dir, ifindex, n, v->o.timeout_ms, e) : 0;
}

static int connect_all(struct verify *v, struct err *e)
{
	auto_loan l = LOAN_NONE;
	struct err left = { 0 };
	int r = lend(v, &l, e);

	if (r == 0)
		r = connect_own(v, "peer, inside the host", v->inhost_probes.at, v->inhost_probes.n, e);
	if (loan_end(&l, &left) < 0)
		v->inhost_left = arena_strdup(v->arena, left.text);
	return r;
}

void inhost_gather(struct verify *v)
{
	struct err e = { 0 };

	if (v->o.no_in_host)
		return;
	inhost_find(v);
	probes_add(v);
	if (v->inhost_probes.n && connect_all(v, &e) < 0)
		v->inhost_error = arena_strdup(v->arena, e.text);
}

/* Both ports are as planned; a plan that still changes one of them explains everything. */
static bool is_planned(const struct verify *v, const struct inhost *ih)
{
	for (size_t i = 0; v->plan && i < v->plan->ops.n; i++)
		if (v->plan->ops.at[i].port == ih->from->port || v->plan->ops.at[i].port == ih->to->port)
			return true;
	return false;
}

/* What fails with peers, too, on either port is that port's fault, and told there. */
static const char *told_with_peers(const struct verify *v, const struct inhost *ih)
{
	for vec_each(p, &v->probes) {
		const struct pair *pa = p->user;

		if (p->cause != CM_OK && (pa->target->port == ih->from->port || pa->target->port == ih->to->port))
			return pa->follows ? pa->follows : "peer.connect";
	}
	return NULL;
}

static void connect_told(struct verify *v, struct result *r, const struct cm_probe *p)
{
	const struct inhost *ih = p->user;
	char src[IP_TEXT], dst[IP_TEXT];

	r->subject = arena_printf(v->arena, "%s to %s (%s %s)", ip_text(&ih->src, src), ip_text(&ih->dst, dst),
				  ih->to->port->name, ih->to->port->link.name);
	connect_result(v, r, p);
	if (r->verdict != VERDICT_FAIL)
		return;
	if (p->cause == CM_NO_NEIGHBOUR || p->cause == CM_UNREACHABLE)
		result_found(r, FINDING_PORTS_APART);
	r->follows = is_planned(v, ih) ? "settings" : told_with_peers(v, ih);
}

static void left_told(struct verify *v, const struct check *c)
{
	struct result *r = result_add(v, c, VERDICT_FAIL, NULL);

	r->seen = v->inhost_left;
	r->wanted = "accept_local as before the test";
	r->mend = "sysctl -w net.ipv4.conf.PORT.accept_local=0; the next doroce tries again";
}

void check_peer_inhost(struct verify *v, const struct check *c)
{
	for vec_each(ih, &v->inhost)
		if (ih->why_not)
			result_add(v, c, VERDICT_NA, ih->from->port)->seen = ih->why_not;
	if (v->inhost_error)
		result_add(v, c, VERDICT_NA, NULL)->seen = v->inhost_error;
	if (v->inhost_left)
		left_told(v, c);
	for vec_each(p, &v->inhost_probes)
		if (!v->inhost_error)
			connect_told(v, result_add(v, c, VERDICT_PASS, ((struct inhost *)p->user)->from->port), p);
}
