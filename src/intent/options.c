/* SPDX-License-Identifier: MIT */
/* INTENT options of the command line, laid over an intent. */
#include <errno.h>

#include "intent/intent.h"
#include "intent/parse.h"
#include "intent/profile.h"

/* Tell what is wrong with the value of an option: e->text, when r says so. */
static void option_check(int r, const char *option, const struct err *e, struct diag *d)
{
	if (r < 0)
		diag_add(d, &(struct place){ .file = option }, "%s", e->text);
}

static void apply_address(const char *text, struct intent *in, struct diag *d)
{
	struct err e = { 0 };

	in->sequence.at = (struct place){ .file = "--address" };
	in->defaults.addresses.n = 0;
	option_check(parse_prefix(text, &in->sequence.v, &e), "--address", &e, d);
}

/* For all ports: no entry has a gateway of that family of its own any more. */
static void gateway_set(struct intent *in, bool ip6, const struct opt_ip *gw)
{
	for vec_each(entry, &in->ports)
		*(ip6 ? &entry->gateway6 : &entry->gateway) = (struct opt_ip){ 0 };
	*(ip6 ? &in->defaults.gateway6 : &in->defaults.gateway) = *gw;
	in->defaults.gateway_text[ip6] = NULL;
}

static void apply_gateway(const char *text, struct intent *in, struct diag *d)
{
	const struct place at = { .file = "--gateway" };
	struct opt_ip gw = { 0 };
	struct err e = { 0 };

	option_check(parse_opt_ip(text, &gw, &e), "--gateway", &e, d);
	in->defaults.not_ours[SETTING_ROUTE] = false;
	if (gw.v.family != AF_INET6)
		gateway_set(in, false, &gw);
	if (gw.v.family != AF_INET)
		gateway_set(in, true, &gw);
	in->defaults.gateway_at = in->defaults.gateway6_at = at;
}

/* A number for all ports, laid over what any of them says. */
static void apply_number(enum setting_id id, const char *option, const char *text, struct intent *in, struct diag *d)
{
	const struct setting *s = &settings[id];
	const struct range range = { s->min, s->max, .unit = s->unit };
	struct opt_u32 number = { .is = OPT_SET };
	struct err e = { 0 };

	option_check(parse_u32(text, &range, &number.v, &e), option, &e, d);
	in->defaults.number[id] = number;
	in->defaults.said_at[id] = (struct place){ .file = option };
	in->defaults.not_ours[id] = false;
	for vec_each(entry, &in->ports)
		entry->number[id] = (struct opt_u32){ 0 };
}

static void apply_profile(const char *name, struct arena *a, struct intent *in, struct diag *d)
{
	in->profile = (struct placed_text){ arena_strdup(a, name), { .file = "--profile" } };
	profiles_check(in, a, d);
}

static void apply_host(const char *text, struct intent *in, struct diag *d)
{
	const struct range range = { .max = HOST_MAX };
	struct host_wish host = { .number.is = OPT_SET, .at = { .file = "--host" } };
	struct err e = { 0 };

	option_check(parse_u32(text, &range, &host.number.v, &e), "--host", &e, d);
	in->host = host;
}

static void apply_flush(struct intent *in)
{
	in->defaults.flush = (struct opt_u32){ OPT_SET, 1 };
	for vec_each(entry, &in->ports)
		entry->flush = (struct opt_u32){ 0 };
}

/* A --port: beside a file a restriction, else an entry of ports. */
static void apply_port(const char *name, struct arena *a, struct intent *in, struct diag *d)
{
	struct place at = { .file = "--port" };

	if (!*name) {
		diag_add(d, &at, "an empty name matches nothing");
	} else if (in->file) {
		*vec_add(a, &in->only) = arena_strdup(a, name);
	} else {
		in->has_ports = true;
		*vec_add(a, &in->ports) = (struct port_intent){
			.at = at, .match.any = arena_strdup(a, name),
		};
	}
}

bool intent_options_given(const struct intent_options *o)
{
	return o->address || o->gateway || o->mtu || o->profile || o->tos || o->ports.n;
}

int intent_options_apply(const struct intent_options *o, struct arena *a, struct intent *in,
			 struct diag *d)
{
	size_t before = d->n;

	if (o->address)
		apply_address(o->address, in, d);
	if (o->gateway)
		apply_gateway(o->gateway, in, d);
	if (o->mtu)
		apply_number(SETTING_MTU, "--mtu", o->mtu, in, d);
	if (o->profile)
		apply_profile(o->profile, a, in, d);
	if (o->tos)
		apply_number(SETTING_CM_TOS, "--tos", o->tos, in, d);
	if (o->host)
		apply_host(o->host, in, d);
	if (o->flush)
		apply_flush(in);
	for vec_each(name, &o->ports)
		apply_port(*name, a, in, d);
	for vec_each(name, &o->force)
		*vec_add(a, &in->force) = arena_strdup(a, *name);
	return d->n > before ? -EINVAL : 0;
}
