/* SPDX-License-Identifier: MIT */
/* doroce show: the RDMA ports of this node. */
#include <string.h>

#include "cmd/json.h"
#include "cmd/lldp.h"
#include "cmd/owners.h"
#include "cmd/show_qos.h"
#include "kern/tree.h"
#include "persist/detect.h"

/* One port with what only the verbs tell; attr_error: why they do not, or NULL. manager: of its netdev. heard: at it,
 * NULL: nobody listened. */
struct shown {
	const struct port *port;
	struct rdma_attr attr;
	const char *attr_error;
	struct port_manager manager;
	const struct lldp_heard *heard;
};

static const char *layer_text(const struct port *p)
{
	if (p->rdma.layer == LAYER_INFINIBAND)
		return "InfiniBand";
	if (strcmp(p->rdma.protocol, "iw") == 0)
		return "iWARP";
	return p->rdma.layer == LAYER_ETHERNET ? "Ethernet" : "unknown";
}

static const char *state_text(const struct port *p)
{
	static const char *const text[] = { "unknown", "DOWN", "INIT", "ARMED", "ACTIVE", "DEFER" };

	return text[p->rdma.state < ARRAY_LEN(text) ? p->rdma.state : 0];
}

static bool is_elsewhere(const struct port *p)
{
	return p->rdma.layer == LAYER_ETHERNET && !p->link.ifindex;
}

/* What a netdev is beside a plain port: "vlan 100", "bond", "in bond bond0". */
static char *kind_text(const struct node *n, const struct link *l, struct arena *a)
{
	const struct link *master = l->master ? node_link(n, l->master) : NULL;

	if (l->vlan_id)
		return arena_printf(a, "vlan %u", l->vlan_id);
	if (master)
		return arena_printf(a, "in %s %s", master->kind, master->name);
	return arena_strdup(a, l->kind);
}

static bool is_upper(const struct node *n, const struct link *l, const struct port *p)
{
	return l->ifindex != p->link.ifindex && node_rests_on(n, l->ifindex, p->link.ifindex);
}

static json_t *addresses_json(const struct node *n, int ifindex)
{
	json_t *list = json_array();
	char text[PREFIX_TEXT];

	for vec_each(ad, &n->addrs)
		if (ad->ifindex == ifindex)
			json_array_append_new(list, json_string(prefix_text(&ad->prefix, text)));
	return list;
}

static json_t *uppers_json(const struct node *n, const struct port *p, struct arena *a)
{
	json_t *list = json_array();

	for vec_each(l, &n->links)
		if (is_upper(n, l, p))
			json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "netdev", l->name, "kind",
							      kind_text(n, l, a), "addresses",
							      addresses_json(n, l->ifindex)));
	return list;
}

static json_t *gids_json(const struct shown *sh, const struct node *n)
{
	json_t *list = json_array();
	char text[IP_TEXT];

	for vec_each(g, &sh->attr.gids) {
		const struct link *l = node_link(n, g->ifindex);

		json_array_append_new(list, json_pack("{s:i, s:s, s:s, s:s?}", "index", g->index, "type",
						      gid_type_text(g->type), "address",
						      ip_text(&g->ip, text), "netdev", l ? l->name : NULL));
	}
	return list;
}

static json_t *port_json(const struct shown *sh, const struct node *n, struct arena *a)
{
	const struct port *p = sh->port;
	char mac[MAC_TEXT];
	json_t *j = json_pack("{s:s, s:i, s:s, s:s?, s:s?, s:s, s:s, s:s, s:i}", "device", p->rdma.device,
			      "port", p->rdma.port, "name", p->name, "pci",
			      p->rdma.pci[0] ? p->rdma.pci : NULL, "driver",
			      p->rdma.driver[0] ? p->rdma.driver : NULL, "firmware", p->rdma.firmware,
			      "link_layer", layer_text(p), "state", state_text(p), "active_mtu",
			      sh->attr.active_mtu);

	json_object_set_new(j, "gids", gids_json(sh, n));
	if (sh->attr_error)
		json_object_set_new(j, "error", json_string(sh->attr_error));
	if (!p->link.ifindex)
		return j;
	json_object_update_new(j, json_pack("{s:s, s:i, s:s, s:s, s:i, s:i, s:b, s:b, s:o, s:o, s:s?}", "netdev",
					    p->link.name, "ifindex", p->link.ifindex, "kind",
					    kind_text(n, &p->link, a), "mac", mac_text(p->link.mac, mac), "mtu",
					    p->link.mtu, "speed_mbps", port_speed_mbps(p), "up", p->link.up,
					    "carrier", p->link.carrier, "addresses",
					    addresses_json(n, p->link.ifindex), "uppers", uppers_json(n, p, a),
					    "guard", p->guard));
	if (port_is_roce(p))
		json_object_set_new(j, "qos", qos_json(n, p));
	if (sh->heard)
		json_object_set_new(j, "lldp", lldp_json(sh->heard));
	json_object_set_new(j, "manager", json_pack("{s:s?, s:s?, s:s}", "name", sh->manager.manager, "backend",
						    sh->manager.backend, "why", sh->manager.why));
	return j;
}

static void netdev_print(const struct port *p, const struct node *n, struct arena *a)
{
	char mac[MAC_TEXT];
	const char *kind = kind_text(n, &p->link, a);
	uint32_t speed = port_speed_mbps(p);

	printf("  netdev    %s ifindex %d%s%s, %s, mtu %u B, %s%s\n", p->link.name, p->link.ifindex,
	       kind[0] ? ", " : "", kind, mac_text(p->link.mac, mac), p->link.mtu,
	       p->link.up ? "up" : "down", p->link.carrier ? "" : ", no carrier");
	if (speed)
		printf("  speed     %u Mb/s\n", speed);
	if (p->guard)
		printf("  guarded   %s\n", p->guard);
}

static void addresses_print(const struct node *n, const struct link *l, const char *on)
{
	char text[PREFIX_TEXT];

	for vec_each(ad, &n->addrs)
		if (ad->ifindex == l->ifindex)
			printf("  address   %s%s%s\n", prefix_text(&ad->prefix, text), on[0] ? " on " : "", on);
}

static void stacked_print(const struct node *n, const struct port *p, struct arena *a)
{
	for vec_each(l, &n->links) {
		if (!is_upper(n, l, p))
			continue;
		printf("  above     %s, %s\n", l->name, kind_text(n, l, a));
		addresses_print(n, l, l->name);
	}
}

static void gids_print(const struct shown *sh, const struct node *n)
{
	char text[IP_TEXT];

	for vec_each(g, &sh->attr.gids) {
		const struct link *l = node_link(n, g->ifindex);

		printf("  gid %-4u  %s, %s%s%s\n", g->index, ip_text(&g->ip, text), gid_type_text(g->type),
		       l ? ", " : "", l ? l->name : "");
	}
}

static void port_print(const struct shown *sh, const struct node *n, struct arena *a)
{
	const struct port *p = sh->port;

	printf("%s %s%s%s, %s %s, firmware %s%s\n", p->name, p->rdma.pci, p->rdma.pci[0] ? ", " : "",
	       p->rdma.driver[0] ? p->rdma.driver : "unknown driver", layer_text(p), state_text(p),
	       p->rdma.firmware[0] ? p->rdma.firmware : "-", port_is_roce(p) ? "" : ", not touched");
	if (sh->attr.active_mtu)
		printf("  active    mtu %u B of %u B\n", sh->attr.active_mtu, sh->attr.max_mtu);
	if (p->link.ifindex) {
		netdev_print(p, n, a);
		printf("  run by    %s\n", sh->manager.why);
		addresses_print(n, &p->link, "");
		stacked_print(n, p, a);
	}
	gids_print(sh, n);
	if (port_is_roce(p))
		qos_print(n, p);
	if (sh->heard)
		lldp_print(sh->heard, a);
	if (sh->attr_error)
		printf("  note      %s\n", sh->attr_error);
}

static void text_print(const struct shown *sh, size_t n_shown, const struct node *n, struct arena *a)
{
	bool first = true;

	for (size_t i = 0; i < n_shown; i++)
		port_print(&sh[i], n, a);
	if (n->ports.n == 0)
		puts("no RDMA devices: no driver is loaded, or there is no such hardware");
	else if (n_shown == 0)
		puts("no RDMA ports of this network namespace");
	for vec_each(p, &n->ports) {
		if (!is_elsewhere(p))
			continue;
		printf("%s%s", first ? "not ours (netdev in another network namespace, or none): " : ", ", p->name);
		first = false;
	}
	if (!first)
		putchar('\n');
}

static void json_show(const struct shown *sh, size_t n_shown, const struct node *n, struct arena *a)
{
	json_t *ports = json_array(), *elsewhere = json_array();

	for (size_t i = 0; i < n_shown; i++)
		json_array_append_new(ports, port_json(&sh[i], n, a));
	for vec_each(p, &n->ports)
		if (is_elsewhere(p))
			json_array_append_new(elsewhere, json_string(p->name));
	auto_json *j = json_pack("{s:i, s:o, s:o}", "version", 1, "ports", ports, "elsewhere", elsewhere);
	json_print(j);
}

static void shown_read(struct session *s, const struct port *p, const struct tree *traces, struct shown *ret)
{
	struct err why = { 0 };

	ret->port = p;
	if (s->kern->rdma_attr(s->kern, &p->rdma, s->arena, &ret->attr, &why) < 0)
		ret->attr_error = arena_strdup(s->arena, why.text);
	if (port_is_roce(p))
		qos_show_read(s, p);
	ret->manager = port_manager(traces, &p->link, s->arena);
}

int cmd_show(struct options *o, struct arena *a, char **operand)
{
	auto_session s = { .arena = a };
	struct lldp_heards heard = { 0 };
	struct tree traces = { 0 };
	struct err e = { 0 };
	size_t n = 0;

	(void)operand;
	if (o->owners)
		return owners_show(o, a);
	s.kern = kern_linux_open(&e);
	if (!s.kern || node_read(s.kern, a, &s.node, &e) < 0)
		return complain(EXIT_FAILED, "read the node: %s", e.text);
	int r = lldp_show_listen(o, &s, &heard);
	if (r)
		return r;
	tree_read(o->root ? o->root : "", detect_reads, a, &traces);
	struct shown *sh = arena_array(a, struct shown, s.node.ports.n + 1);
	for vec_each(p, &s.node.ports) {
		if (is_elsewhere(p) || p->below[0]) /* a VLAN stands with its port */
			continue;
		shown_read(&s, p, &traces, &sh[n]);
		sh[n++].heard = lldp_heard_at(&heard, p);
	}
	(o->json ? json_show : text_print)(sh, n, &s.node, a);
	return EXIT_OK;
}
