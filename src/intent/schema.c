/* SPDX-License-Identifier: MIT */
/* The keys of an intent file: tables, and behind them the keys that the settings bring along. */
#include "intent/schema.h"

#include <errno.h>
#include <string.h>

#include "base/word.h"
#include "intent/intent.h"
#include "intent/kinds.h"
#include "intent/profile.h"
#include "intent/routes.h"
#include "intent/setting_keys.h"

enum { TIMEOUT_MS_MAX = 3600000, LLDP_S_MAX = 3600, RAIL_MAX = 255, GID_INDEX_MAX = 65535 };

#define KEYS(rows) (&(const struct keys){ rows, ARRAY_LEN(rows) })

static int read_version(const struct slot *s, struct err *e)
{
	uint32_t version;
	struct slot here = *s;

	here.obj = &version;
	int r = kind_u32(&here, e);
	if (r == 0 && version != 1)
		return err_set(e, -EINVAL, "%u is not known: this program reads version 1",
			       version);
	return r;
}

static int read_match(const struct slot *s, struct err *e)
{
	const struct match *m = slot_member(s);
	size_t before = s->doc->diag->n;
	int r = kind_map(s, e);

	if (r < 0 || s->doc->diag->n > before)
		return r;
	if (m->rdma || m->netdev || m->pci || m->mac || m->driver)
		return 0;
	return err_set(e, -EINVAL, "one of rdma, netdev, pci, mac, driver is wanted");
}

/* The text of a template, NULL when the value has no placeholders; *ret_filled: with some numbers for them, to
 * see whether the rest is right. 0, -EINVAL. */
static int slot_template(const struct slot *s, const char **ret, char **ret_filled, struct err *e)
{
	const char *text = doc_text(s->node);

	*ret = NULL;
	if (!text || !template_is(text))
		return 0;
	*ret = arena_strdup(s->doc->arena, text);
	return template_fill(text, NULL, s->doc->arena, ret_filled, e);
}

static int add_address(const struct slot *s, struct err *e)
{
	struct port_intent *p = s->obj;
	struct placed_prefix a = { .at = doc_place(s->doc, s->node) };
	char *filled;
	int r = slot_template(s, &a.text, &filled, e);

	if (r == 0)
		r = a.text ? parse_prefix(filled, &a.v, e) : slot_prefix(s, &a.v, e);
	if (r == 0)
		*vec_add(s->doc->arena, &p->addresses) = a;
	return r;
}

/* none takes all of them off; an empty list could mean that, or that nothing is meant. */
static int read_addresses(const struct slot *s, struct err *e)
{
	const yaml_node_t *n = s->node;
	struct port_intent *p = s->obj;

	if (doc_text(n) && strcmp(doc_text(n), "none") == 0) {
		p->no_addresses = true;
		return 0;
	}
	if (doc_text(n))
		return add_address(s, e);
	if (n->type == YAML_SEQUENCE_NODE &&
	    n->data.sequence.items.top == n->data.sequence.items.start)
		return err_set(e, -EINVAL, "an empty list: none takes all addresses off; else leave the key out, "
			       "or write null");
	return slot_each(s, add_address, e);
}

/* For every port: each must be another one on each. */
static int read_default_addresses(const struct slot *s, struct err *e)
{
	struct port_intent *p = s->obj;
	int r = read_addresses(s, e);

	if (r == 0 && p->no_addresses)
		return err_set(e, -EINVAL, "none belongs to an entry of ports, not to defaults");
	for vec_each(a, &p->addresses)
		if (r == 0 && (!a->text || !strstr(a->text, "{rail")))
			diag_add(s->doc->diag, &a->at, "defaults.addresses: the same address for every port: {rail} is wanted in it");
	return r;
}

/* One address for each family at most. */
static int add_gateway(const struct slot *s, struct err *e)
{
	struct port_intent *p = s->obj;
	struct opt_ip gw = { .is = OPT_SET };
	const char *template;
	char *filled;
	int r = slot_template(s, &template, &filled, e);

	if (r == 0)
		r = template ? parse_ip(filled, &gw.v, e) : slot_ip(s, &gw.v, e);
	if (r < 0)
		return r;
	bool ip6 = gw.v.family == AF_INET6;
	struct opt_ip *to = ip6 ? &p->gateway6 : &p->gateway;
	if (to->is != OPT_UNSET)
		return err_set(e, -EINVAL, "a second gateway of %s: one is all a port can have", ip6 ? "IPv6" : "IPv4");
	*to = gw;
	p->gateway_text[ip6] = template;
	*(ip6 ? &p->gateway6_at : &p->gateway_at) = doc_place(s->doc, s->node);
	return 0;
}

/* An address, a list of one for each family, or none, or peer. */
static int read_gateway(const struct slot *s, struct err *e)
{
	struct port_intent *p = s->obj;
	const char *text = doc_text(s->node);

	if (!text)
		return s->node->type == YAML_SEQUENCE_NODE ? slot_each(s, add_gateway, e) :
							     err_set(e, -EINVAL, "an address, none or peer is wanted, not %s", doc_kind(s->node));
	bool peer = strcmp(text, "peer") == 0;
	if (!peer && strcmp(text, "none") != 0)
		return add_gateway(s, e);
	p->gateway.is = p->gateway6.is = peer ? OPT_SET : OPT_NONE;
	p->gateway_text[0] = p->gateway_text[1] = peer ? "peer" : NULL;
	p->gateway_at = p->gateway6_at = doc_place(s->doc, s->node);
	return 0;
}

/* What is wrong with the text whatever the port; kept as it is. */
static int read_to(const struct slot *s, struct err *e)
{
	struct route_intent *ri = s->obj;
	struct prefix to;
	char *filled;
	int r = slot_template(s, &ri->to, &filled, e);

	if (r == 0 && !ri->to) {
		r = slot_prefix(s, &to, e);
		ri->to = filled = r == 0 ? arena_strdup(s->doc->arena, doc_text(s->node)) : NULL;
		return r == 0 ? route_to_parse(filled, &to, e) : r;
	}
	return r == 0 ? parse_prefix(filled, &to, e) : r;
}

static int read_via(const struct slot *s, struct err *e)
{
	struct route_intent *ri = s->obj;
	struct opt_ip via;
	char *filled = NULL;
	int r = slot_template(s, &ri->via, &filled, e);

	if (r < 0)
		return r;
	if (!doc_text(s->node))
		return err_set(e, -EINVAL, "an address or none is wanted, not %s", doc_kind(s->node));
	if (!ri->via)
		ri->via = filled = arena_strdup(s->doc->arena, doc_text(s->node));
	return parse_opt_ip(filled, &via, e);
}

static int add_route(const struct slot *s, struct err *e)
{
	struct port_intent *p = s->obj;
	struct route_intent *ri = vec_add(s->doc->arena, &p->routes);

	ri->at = doc_place(s->doc, s->node);
	return keys_read(s->doc, s->node, s->key->sub, ri, e);
}

static int read_routes(const struct slot *s, struct err *e)
{
	return slot_each(s, add_route, e);
}

static int read_host_from(const struct slot *s, struct err *e)
{
	struct intent *in = s->obj;
	const char *text = doc_text(s->node);

	if (!text || strcmp(text, "name") != 0)
		return err_set(e, -EINVAL, "name is wanted (the number at the end of the host name)");
	in->host.from = HOST_OF_NAME;
	return 0;
}

static int read_host_file(const struct slot *s, struct err *e)
{
	struct intent *in = s->obj;

	in->host.from = HOST_OF_FILE;
	return kind_path(s, e);
}

/* A number, or where it is to be had. */
static int read_host(const struct slot *s, struct err *e)
{
	struct intent *in = s->obj;
	size_t before = s->doc->diag->n;

	if (doc_text(s->node))
		return kind_opt_u32(s, e);
	int r = kind_map(&(struct slot){ s->doc, &(struct key){ .path = "host", .sub = s->key->sub }, s->node, in }, e);
	if (r < 0 || s->doc->diag->n > before || in->host.from != HOST_OF_NUMBER)
		return r;
	return err_set(e, -EINVAL, "a number, {from: name} or {file: PATH} is wanted");
}

static int add_peer(const struct slot *s, struct err *e)
{
	struct intent *in = s->obj;
	struct placed_ip ip = { .at = doc_place(s->doc, s->node) };
	int r = slot_ip(s, &ip.v, e);

	if (r == 0)
		*vec_add(s->doc->arena, &in->peers) = ip;
	return r;
}

static int read_peers(const struct slot *s, struct err *e)
{
	return doc_text(s->node) ? add_peer(s, e) : slot_each(s, add_peer, e);
}

static int read_in_host(const struct slot *s, struct err *e)
{
	struct intent *in = s->obj;
	bool on = true;
	struct slot here = *s;

	here.obj = &on;
	int r = kind_bool(&here, e);
	in->no_in_host = !on;
	return r;
}

static int add_port(const struct slot *s, struct err *e)
{
	struct intent *in = s->obj;
	struct port_intent *p = vec_add(s->doc->arena, &in->ports);

	p->at = doc_place(s->doc, s->node);
	return keys_read(s->doc, s->node, s->key->sub, p, e);
}

static int read_ports(const struct slot *s, struct err *e)
{
	struct intent *in = s->obj;

	if (doc_is_null(s->node))
		return err_set(e, -EINVAL,
			       "nothing there: leave the key out to mean every RoCE port, "
			       "write [] to mean none");
	in->has_ports = true;
	return slot_each(s, add_port, e);
}

static int kind_placed_text(const struct slot *s, struct err *e)
{
	struct placed_text *p = slot_member(s);
	struct key text = { .path = s->key->path, .off = offsetof(struct placed_text, v) };

	p->at = doc_place(s->doc, s->node);
	return kind_text(&(struct slot){ s->doc, &text, s->node, p }, e);
}

/* A backend that this version does not have is refused where it is wanted: the file may be for others, too. */
static int read_persist(const struct slot *s, struct err *e)
{
	static const char *const words[] = { "auto", "none", "netplan", "networkmanager", "networkd",
					     "ifcfg", "ifupdown", "wicked", NULL };
	struct placed_text *p = slot_member(s);
	const char *text = doc_text(s->node), *near = word_nearest(text ? text : "", words);

	for (const char *const *w = words; *w && text; w++)
		if (strcmp(*w, text) == 0)
			*p = (struct placed_text){ *w, doc_place(s->doc, s->node) };
	if (p->v)
		return 0;
	return err_set(e, -EINVAL, "one of auto, none, netplan, networkmanager, networkd, ifcfg, ifupdown, wicked "
		       "is wanted%s%s%s", near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int read_profile(const struct slot *s, struct err *e)
{
	return keys_read(s->doc, s->node, s->key->sub, s->obj, e);
}

/* {NAME: {base: …, qos: {…}}}: any name but those that are there already. */
static int read_profiles(const struct slot *s, struct err *e)
{
	struct intent *in = s->obj;

	if (s->node->type != YAML_MAPPING_NODE)
		return err_set(e, -EINVAL, "a mapping (name: {…}) is wanted, not %s", doc_kind(s->node));
	for (yaml_node_pair_t *p = s->node->data.mapping.pairs.start; p < s->node->data.mapping.pairs.top; p++) {
		yaml_node_t *name = yaml_document_get_node(&s->doc->tree, p->key);
		struct slot named = { s->doc, s->key, name, in };

		if (!doc_visit(s->doc, name))
			return 0;
		struct profile *pr = vec_add(s->doc->arena, &in->profiles);
		pr->at = doc_place(s->doc, name);
		slot_read(&(struct slot){ s->doc, &(struct key){ .path = "profiles" }, name, &pr->name }, kind_text);
		named.node = yaml_document_get_node(&s->doc->tree, p->value);
		named.obj = pr;
		slot_read(&named, read_profile);
	}
	return 0;
}

static int not_in_defaults(const struct slot *s, struct err *e)
{
	(void)s;
	return err_set(e, -EINVAL, "belongs to an entry of ports, not to defaults");
}

static const struct key match_rows[] = {
	{ "match.rdma", kind_glob, .off = offsetof(struct match, rdma) },
	{ "match.netdev", kind_glob, .off = offsetof(struct match, netdev) },
	{ "match.pci", kind_glob, .off = offsetof(struct match, pci) },
	{ "match.mac", kind_glob, .off = offsetof(struct match, mac) },
	{ "match.driver", kind_glob, .off = offsetof(struct match, driver) },
};

static const struct key route_rows[] = {
	{ "routes.to", read_to, .required = true },
	{ "routes.via", read_via, .required = true },
	{ "routes.metric", kind_opt_u32, .off = offsetof(struct route_intent, metric), .range = { .max = UINT32_MAX } },
};

static const struct key entry_rows[] = {
	{ "match", read_match, .off = offsetof(struct port_intent, match), .required = true,
	  .sub = KEYS(match_rows) },
	{ "optional", kind_bool, .off = offsetof(struct port_intent, optional) },
	{ "addresses", read_addresses,
	  .not_ours = offsetof(struct port_intent, not_ours[SETTING_ADDRESS]) },
};

static const struct key default_rows[] = {
	{ "match", not_in_defaults, .null_is_error = true, .hidden = true },
	{ "optional", not_in_defaults, .null_is_error = true, .hidden = true },
	{ "addresses", read_default_addresses, .null_is_error = true },
};

static const struct key port_rows[] = {
	{ "rail", kind_opt_u32, .off = offsetof(struct port_intent, rail),
	  .range = { .max = RAIL_MAX } },
	{ "flush", kind_opt_bool, .off = offsetof(struct port_intent, flush) },
	{ "gateway", read_gateway,
	  .not_ours = offsetof(struct port_intent, not_ours[SETTING_ROUTE]) },
	{ "table", kind_table, .off = offsetof(struct port_intent, table),
	  .at = offsetof(struct port_intent, table_at),
	  .not_ours = offsetof(struct port_intent, table_not_ours),
	  .range = { .max = UINT32_MAX } },
	{ "rule_priority", kind_opt_u32, .off = offsetof(struct port_intent, rule_priority),
	  .at = offsetof(struct port_intent, rule_priority_at),
	  .not_ours = offsetof(struct port_intent, not_ours[SETTING_RULE]),
	  .range = { RULE_PRIORITY_MIN, RULE_PRIORITY_MAX,
		     .note = "the kernel has local at 0, main at 32766, default at 32767" } },
	{ "routes", read_routes, .at = offsetof(struct port_intent, routes_at),
	  .not_ours = offsetof(struct port_intent, routes_not_ours), .sub = KEYS(route_rows) },
};

static const struct key profile_rows[] = {
	{ "profiles.base", kind_placed_text, .off = offsetof(struct profile, base) },
	{ "profiles.summary", kind_text, .off = offsetof(struct profile, summary) },
	{ "profiles.source", kind_text, .off = offsetof(struct profile, source) },
};

static const struct key sequence_rows[] = {
	{ "sequence.from", kind_prefix, .off = offsetof(struct intent, sequence.v),
	  .at = offsetof(struct intent, sequence.at), .required = true },
};

static const struct key host_rows[] = {
	{ .path = "host.from", .read = read_host_from },
	{ .path = "host.file", .read = read_host_file, .off = offsetof(struct intent, host.path) },
};

static const struct key verify_rows[] = {
	{ .path = "verify.peers", .read = read_peers },
	{ "verify.lldp_s", kind_u32, .off = offsetof(struct intent, lldp_s), .range = { .max = LLDP_S_MAX, .unit = "s" } },
	{ "verify.timeout_ms", kind_u32, .off = offsetof(struct intent, timeout_ms),
	  .range = { 1, TIMEOUT_MS_MAX, .unit = "ms" } },
	{ .path = "verify.in_host", .read = read_in_host },
	{ "verify.key_file", kind_path, .off = offsetof(struct intent, key_file) },
};

static const char *const app_words[] = { [APP_AUTO] = "auto", [APP_NONE] = "none" };

#define APP_ROW(n, id)                                                                                  \
	{ n, kind_word, .off = offsetof(struct apps_wish, how) + (id) * sizeof(uint32_t),               \
	  .range = { .min = APP_AUTO, .max = APP_NONE }, .words = app_words }

static const struct key apps_rows[] = {
	APP_ROW("apps.nccl", APP_NCCL),
	APP_ROW("apps.rccl", APP_RCCL),
	APP_ROW("apps.ucx", APP_UCX),
	{ "apps.gid_index", kind_opt_u32, .off = offsetof(struct apps_wish, gid_index), .range = { .max = GID_INDEX_MAX } },
};

static const struct key top_rows[] = {
	{ "version", read_version, .required = true, .range = { .max = UINT32_MAX } },
	{ "sequence", kind_map, .sub = KEYS(sequence_rows) },
	{ "verify", kind_map, .sub = KEYS(verify_rows) },
	{ "serve", kind_map, .sub = &serve_keys },
	{ "persist", read_persist, .off = offsetof(struct intent, persist) },
	{ "host", read_host, .off = offsetof(struct intent, host.number), .at = offsetof(struct intent, host.at),
	  .sub = KEYS(host_rows), .range = { .max = HOST_MAX } },
	{ "profile", kind_placed_text, .off = offsetof(struct intent, profile) },
	{ "apps", kind_map, .off = offsetof(struct intent, apps), .sub = KEYS(apps_rows) },
};

static const struct keys *port_keys(struct arena *a, const struct key *rows, size_t n)
{
	struct key_list l = { 0 };

	keys_add(a, &l, rows, n);
	keys_add(a, &l, port_rows, ARRAY_LEN(port_rows));
	setting_keys_add(a, &l, "");
	return keys_done(a, &l);
}

static const struct keys *qos_keys(struct arena *a)
{
	struct key_list l = { 0 };

	setting_keys_add(a, &l, "qos.");
	return keys_done(a, &l);
}

const struct keys *schema_of_profile(struct arena *a)
{
	struct key mtu = setting_key(SETTING_MTU), qos = {
		.path = "profiles.qos", .read = kind_map, .off = offsetof(struct profile, set), .sub = qos_keys(a),
	};
	struct key_list l = { 0 };

	keys_add(a, &l, profile_rows, ARRAY_LEN(profile_rows));
	mtu.off += offsetof(struct profile, set);
	mtu.at += offsetof(struct profile, set);
	mtu.not_ours += offsetof(struct profile, set);
	keys_add(a, &l, &mtu, 1);
	keys_add(a, &l, &qos, 1);
	return keys_done(a, &l);
}

const struct keys *schema_new(struct arena *a)
{
	struct key_list l = { 0 };

	keys_add(a, &l, top_rows, ARRAY_LEN(top_rows));
	*vec_add(a, &l) = (struct key){ .path = "profiles", .read = read_profiles, .sub = schema_of_profile(a) };
	*vec_add(a, &l) = (struct key){
		.path = "qos", .read = kind_map, .off = offsetof(struct intent, qos), .at = offsetof(struct intent, qos.at),
		.sub = qos_keys(a),
	};
	*vec_add(a, &l) = (struct key){
		.path = "defaults",
		.read = kind_map,
		.off = offsetof(struct intent, defaults),
		.at = offsetof(struct intent, defaults.at),
		.sub = port_keys(a, default_rows, ARRAY_LEN(default_rows)),
	};
	*vec_add(a, &l) = (struct key){
		.path = "ports",
		.read = read_ports,
		.null_is_error = true,
		.sub = port_keys(a, entry_rows, ARRAY_LEN(entry_rows)),
	};
	return keys_done(a, &l);
}
