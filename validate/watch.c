/* SPDX-License-Identifier: MIT */
/* Two verifications of one node, one after the other: what has become worse or better. */
#include "validate/watch.h"

#include <string.h>

#include "validate/finding.h"

static const struct port *port_named(const struct ports *ps, const char *name)
{
	for vec_each(p, ps)
		if (strcmp(p->name, name) == 0 && port_is_roce(p))
			return p;
	return NULL;
}

static bool netdev_is_taken(const struct node *n, const struct port *p)
{
	for vec_each(other, &n->ports)
		if (port_is_roce(other) && other->link.ifindex == p->link.ifindex)
			return true;
	return false;
}

void watch_ports(const struct watch *w, struct node *n, struct arena *a)
{
	for vec_each(p, &w->ports) {
		const struct link *l = node_link(n, p->link.ifindex);
		struct port gone = *p;

		if (port_named(&n->ports, p->name) || netdev_is_taken(n, p))
			continue;
		gone.gone = true;
		if (l)
			gone.link = *l;
		node_add_port(n, &gone, a);
	}
}

static bool text_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_same_port(const struct result *a, const struct result *b)
{
	return text_equal(a->port ? a->port->name : NULL, b->port ? b->port->name : NULL);
}

/* Of one setting there can be several results: routes, rules. */
static bool is_same(const struct result *a, const struct result *b)
{
	return a->check == b->check && is_same_port(a, b) && text_equal(a->subject, b->subject) &&
	       (a->check->stage != VERIFY_SETTINGS || text_equal(a->wanted, b->wanted));
}

/* Something to tell for itself. Much is n/a for good; a stage that could not run at all is not. */
static bool is_fact(const struct verify *v, const struct result *r)
{
	return r->verdict != VERDICT_PASS && !r->follows &&
	       (r->verdict != VERDICT_NA || v->stage_error[r->check->stage]);
}

static const struct result *fact_told(const struct watch *w, const struct result *like)
{
	for vec_each(r, &w->facts)
		if (is_same(r, like))
			return r;
	return NULL;
}

static bool is_fact_still(const struct verify *v, const struct result *told)
{
	for vec_each(r, &v->results)
		if (is_fact(v, r) && is_same(r, told))
			return true;
	return false;
}

/* True when the result says that nothing is known of what was told: its check was not made, or fails for another's
 * sake. */
static bool hides(const struct verify *v, const struct result *r, const struct result *told)
{
	if (r->check != told->check)
		return false;
	if (r->follows && is_same(r, told))
		return true;
	return r->verdict == VERDICT_NA &&
	       (is_same_port(r, told) ? r->follows || !r->subject : !r->port && v->stage_error[r->check->stage]);
}

static bool is_hidden(const struct verify *v, const struct result *told)
{
	const struct port *p = told->port ? port_named(&v->node->ports, told->port->name) : NULL;

	if (p && p->gone)
		return true;
	for vec_each(r, &v->results)
		if (hides(v, r, told))
			return true;
	return false;
}

static const char *copy(struct arena *a, const char *text)
{
	return text ? arena_strdup(a, text) : NULL;
}

static void fact_keep(struct watch *w, const struct result *r)
{
	*vec_add(&w->arena, &w->facts) = (struct result){
		.check = r->check, .verdict = r->verdict, .finding = r->finding,
		.port = r->port ? port_named(&w->ports, r->port->name) : NULL,
		.subject = copy(&w->arena, r->subject), .wanted = copy(&w->arena, r->wanted),
	};
}

static void worse(const struct watch *w, struct watch *next, const struct verify *v, struct arena *a,
		  struct watch_changes *ret)
{
	for vec_each(r, &v->results) {
		if (!is_fact(v, r))
			continue;
		const struct result *old = fact_told(w, r);

		fact_keep(next, r);
		if (!old || old->verdict != r->verdict || old->finding != r->finding)
			*vec_add(a, ret) = (struct watch_change){ .was = old ? old->verdict : VERDICT_PASS, .r = *r };
	}
}

/* Well again, or of a port that there is nothing left to look at of. */
static struct watch_change end_of(const struct verify *v, const struct result *old, struct arena *a)
{
	const struct port *p = old->port ? port_named(&v->node->ports, old->port->name) : NULL;
	struct watch_change c = {
		.was = old->verdict,
		.r = { .check = old->check, .verdict = VERDICT_PASS, .port = p, .subject = copy(a, old->subject),
		       .wanted = copy(a, old->wanted) },
	};

	if (p || !old->port)
		return c;
	struct port *left = arena_new(a, struct port);
	*left = *old->port;
	c.r.port = left;
	c.r.verdict = VERDICT_NA;
	c.r.seen = "not looked at any more";
	return c;
}

static void better(const struct watch *w, struct watch *next, const struct verify *v, struct arena *a,
		   struct watch_changes *ret)
{
	for vec_each(old, &w->facts) {
		if (is_fact_still(v, old))
			continue;
		if (is_hidden(v, old)) {
			fact_keep(next, old);
			continue;
		}
		*vec_add(a, ret) = end_of(v, old, a);
	}
}

static void ports_remember(struct watch *w, const struct node *n)
{
	for vec_each(p, &n->ports) {
		if (!port_is_roce(p))
			continue;
		struct port *own = vec_add(&w->arena, &w->ports);

		*own = *p;
		own->guard = NULL;
		own->gone = false;
		own->seen = NULL;
		own->link.vlan_extra = NULL;
	}
}

static void link_concern(struct watch *w, const struct node *n, int ifindex)
{
	const struct link *l = node_link(n, ifindex);

	if (!l)
		return;
	*vec_add(&w->arena, &w->concern.links) = ifindex;
	*vec_add(&w->arena, &w->concern.netdevs) = copy(&w->arena, l->name);
}

static void near_concern(struct watch *w, const struct prefix *p)
{
	if (p->addr.family)
		*vec_add(&w->arena, &w->concern.near) = *p;
}

static void host_concern(struct watch *w, const struct ip *ip)
{
	near_concern(w, &(struct prefix){ *ip, (uint8_t)(8 * ip_size(ip->family)) });
}

/* The table of an address: as it is wished, and as rules lead there now. */
static void target_concern(struct watch *w, const struct verify *v, const struct target *t)
{
	const struct prefix subnet = prefix_network(&t->addr);

	near_concern(w, &subnet);
	host_concern(w, &t->gateway);
	if (t->table)
		*vec_add(&w->arena, &w->concern.tables) = t->table;
	for vec_each(ru, &v->node->rules)
		if (ip_equal(&ru->src, &t->addr.addr) && ru->table != t->table)
			*vec_add(&w->arena, &w->concern.tables) = ru->table;
}

static void concern_fill(struct watch *w, const struct verify *v)
{
	struct concern *c = &w->concern;

	for vec_each(p, &w->ports) {
		link_concern(w, v->node, p->link.ifindex);
		link_concern(w, v->node, p->link.lower);
		link_concern(w, v->node, p->link.master);
		if (!c->devices.n || strcmp(c->devices.at[c->devices.n - 1], p->rdma.device) != 0)
			*vec_add(&w->arena, &c->devices) = p->rdma.device;
	}
	for vec_each(t, &v->targets)
		target_concern(w, v, t);
	for (size_t i = 0; i < v->o.peers_n; i++)
		host_concern(w, &v->o.peers[i]);
	for vec_each(pa, &v->pairs)
		host_concern(w, &pa->dst);
	for vec_each(q, &v->asks)
		*vec_add(&w->arena, &c->asks) = *q;
}

void watch_look(struct watch *w, const struct verify *v, struct arena *a, struct watch_changes *ret)
{
	struct watch next = { 0 };

	ports_remember(&next, v->node);
	worse(w, &next, v, a, ret);
	better(w, &next, v, a, ret);
	concern_fill(&next, v);
	arena_done(&w->arena);
	*w = next;
}

void watch_forget(struct watch *w)
{
	w->ports.n = 0;
}

void watch_done(struct watch *w)
{
	arena_done(&w->arena);
}
