/* SPDX-License-Identifier: MIT */
/* Netplan files that define the port. Files merge: each of them speaks. */
#include <fnmatch.h>
#include <string.h>
#include <yaml.h>

#include "owner/kinds.h"

static inline void document_drop(yaml_document_t *d)
{
	yaml_document_delete(d);
}

#define auto_document __attribute__((cleanup(document_drop))) yaml_document_t

static const char *scalar(yaml_document_t *d, int node)
{
	const yaml_node_t *n = yaml_document_get_node(d, node);

	return n && n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : "";
}

/* Value of the key in the mapping, 0: there is none. */
static int value_of(yaml_document_t *d, int map, const char *key)
{
	const yaml_node_t *n = yaml_document_get_node(d, map);

	if (!n || n->type != YAML_MAPPING_NODE)
		return 0;
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++)
		if (strcmp(scalar(d, p->key), key) == 0)
			return p->value;
	return 0;
}

static bool defines(yaml_document_t *d, const char *id, int def, const struct port *p)
{
	int match = value_of(d, def, "match");
	int name = value_of(d, match, "name"), mac = value_of(d, match, "macaddress");
	const char *set_name = scalar(d, value_of(d, def, "set-name"));

	if (!match)
		return strcmp(id, p->link.name) == 0;
	if (mac && !is_mac(scalar(d, mac), p))
		return false;
	/* it has its new name by now */
	return strcmp(set_name, p->link.name) == 0 || !name || fnmatch(scalar(d, name), p->link.name, 0) == 0;
}

static unsigned int line_of(yaml_document_t *d, int node)
{
	return (unsigned int)yaml_document_get_node(d, node)->start_mark.line + 1;
}

/* Each item of a list: an address, or a mapping of which the key tells the most. */
static void items_take(const struct search *s, struct spot at, yaml_document_t *d, int list, enum owned kind,
		       const char *key)
{
	const yaml_node_t *n = yaml_document_get_node(d, list);

	if (!n || n->type != YAML_SEQUENCE_NODE)
		return;
	for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top; i++) {
		int told = value_of(d, *i, key);

		at.line = line_of(d, *i);
		if (kind == OWNED_ADDRESS)
			owner_add_address(s, &at, scalar(d, *i));
		else
			owner_add(s, kind, &at, told ? arena_printf(s->in->arena, "%s: %s", key, scalar(d, told)) : "",
				  false, "at boot and at netplan apply");
	}
}

static void definition_take(const struct search *s, struct spot at, yaml_document_t *d, int def)
{
	static const char *const dhcp[] = { "dhcp4", "dhcp6" };
	int mtu = value_of(d, def, "mtu");

	for (size_t i = 0; i < ARRAY_LEN(dhcp); i++) {
		int node = value_of(d, def, dhcp[i]);

		if (!node || !is_yes(scalar(d, node)))
			continue;
		at.line = line_of(d, node);
		owner_add_address(s, &at, arena_printf(s->in->arena, "%s: %s", dhcp[i], scalar(d, node)));
	}
	items_take(s, at, d, value_of(d, def, "addresses"), OWNED_ADDRESS, "");
	items_take(s, at, d, value_of(d, def, "routes"), OWNED_ROUTE, "to");
	items_take(s, at, d, value_of(d, def, "routing-policy"), OWNED_RULE, "from");
	if (!mtu)
		return;
	at.line = line_of(d, mtu);
	owner_add_mtu(s, &at, scalar(d, mtu));
}

static void kind_take(const struct search *s, const struct spot *at, yaml_document_t *d, int devices)
{
	const yaml_node_t *n = yaml_document_get_node(d, devices);

	if (!n || n->type != YAML_MAPPING_NODE)
		return;
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++)
		if (defines(d, scalar(d, p->key), p->value, s->port))
			definition_take(s, *at, d, p->value);
}

static void file_take(const struct search *s, const struct tree_file *f)
{
	static const char *const kinds[] = { "ethernets", "bonds", "bridges", "vlans" };
	const struct spot at = { .owner = "netplan", .file = f->path, .unit = "netplan generate" };
	yaml_parser_t parser;
	auto_document d = { 0 };

	if (!yaml_parser_initialize(&parser))
		return;
	yaml_parser_set_input_string(&parser, (const unsigned char *)f->text, strlen(f->text));
	bool whole = yaml_parser_load(&parser, &d);
	yaml_parser_delete(&parser);
	/* the first node is the root; one that netplan can not read either defines nothing */
	int network = whole && yaml_document_get_root_node(&d) ? value_of(&d, 1, "network") : 0;
	for (size_t i = 0; network && i < ARRAY_LEN(kinds); i++)
		kind_take(s, &at, &d, value_of(&d, network, kinds[i]));
}

void netplan_owners(const struct search *s)
{
	static const char *const dirs[] = { "/run/netplan", "/etc/netplan", "/lib/netplan", NULL };
	struct tree_files files = drop_ins(s->in->tree, dirs, "*.yaml", s->in->arena);

	for vec_each(f, &files)
		file_take(s, *f);
}
