/* SPDX-License-Identifier: MIT */
/* A fake node together with what is wished of it: the whole way from intent to transaction. */
#include "fake/site.h"

#include <stdlib.h>
#include <string.h>

#include "fake/must.h"

static const char file[] = "doroce.yaml";

struct site *site_new(size_t ports, unsigned int flags, const char *from)
{
	struct site *s = calloc(1, sizeof(*s));

	must(s);
	fake_node(&s->fake, ports, flags);
	s->in.file = file;
	s->options = (struct txn_options){ .dir = -1, .command = "configure" };
	if (from)
		s->in.sequence = (struct placed_prefix){ prefix_is(from), { file, 2, 9 } };
	return s;
}

void site_free(struct site *s)
{
	fake_done(&s->fake);
	arena_done(&s->arena);
	free(s);
}

int site_resolve(struct site *s)
{
	struct err e = { 0 };
	int r = node_read(&s->fake.k, &s->arena, &s->node, &e);

	must(r == 0);
	s->diag = (struct diag){ .arena = &s->arena };
	s->wishes = (struct wishes){ 0 };
	s->remarks = (struct remarks){ 0 };
	return intent_resolve(&s->in, &s->node, &s->arena, &s->wishes, &s->remarks, &s->diag);
}

void site_plan(struct site *s)
{
	int r = site_resolve(s);

	must(r == 0);
	s->plan = plan_make(&s->wishes, &s->node, &s->arena);
}

int site_configure(struct site *s)
{
	site_plan(s);
	s->err = (struct err){ 0 };
	return txn_run(&s->fake.k, &s->plan, &s->options, &s->arena, &s->txn, &s->id, &s->err);
}

struct port_intent *site_entry(struct site *s, const char *netdev, unsigned int line)
{
	struct port_intent *pi = vec_add(&s->arena, &s->in.ports);

	*pi = (struct port_intent){ .at = { file, line, 1 }, .match.netdev = netdev };
	s->in.has_ports = true;
	return pi;
}

void site_address(struct site *s, struct port_intent *pi, const char *prefix, unsigned int line)
{
	*vec_add(&s->arena, &pi->addresses) =
		(struct placed_prefix){ prefix_is(prefix), { file, line, 17 } };
}

void site_gateway(struct port_intent *pi, const char *ip, unsigned int line)
{
	pi->gateway = (struct opt_ip){ OPT_SET, ip_is(ip) };
	pi->gateway_at = (struct place){ file, line, 14 };
}

void site_number(struct port_intent *pi, enum setting_id id, uint32_t v)
{
	pi->number[id] = (struct opt_u32){ OPT_SET, v };
}

const struct port *site_port(const struct site *s, const char *netdev)
{
	for vec_each(p, &s->node.ports)
		if (strcmp(p->link.name, netdev) == 0)
			return p;
	return NULL;
}

const struct wish *site_wish(const struct site *s, const char *netdev)
{
	for vec_each(w, &s->wishes)
		if (strcmp(w->port->link.name, netdev) == 0)
			return w;
	return NULL;
}

const struct op *site_op(const struct site *s, const char *netdev, enum setting_id id)
{
	for vec_each(op, &s->plan.ops)
		if (setting_id(op->setting) == id && strcmp(op->port->link.name, netdev) == 0)
			return op;
	return NULL;
}
