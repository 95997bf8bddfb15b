/* SPDX-License-Identifier: MIT */
/* ifcfg files: those of RHEL (network-scripts, NetworkManager's ifcfg-rh) and those of wicked. */
#include <stdio.h>
#include <string.h>

#include "owner/kinds.h"

/* Values may stand in quotes. */
static char *unquoted(char *value)
{
	size_t len = strlen(value);

	if (len < 2 || (value[0] != '"' && value[0] != '\'') || value[len - 1] != value[0])
		return value;
	value[len - 1] = '\0';
	return value + 1;
}

/* The device that the file speaks of: by DEVICE or HWADDR, else by its name. */
static bool is_of_port(const struct tree_file *f, const struct port *p)
{
	const char *name = path_name(f->path) + strlen("ifcfg-");
	struct ini it = { .text = f->text };
	bool ret = strcmp(name, p->link.name) == 0;

	while (ini_next(&it)) {
		const char *value = unquoted(it.value);

		if (strcmp(it.key, "DEVICE") == 0)
			ret = strcmp(value, p->link.name) == 0;
		if (strcmp(it.key, "HWADDR") == 0 && is_mac(value, p))
			return true;
	}
	return ret;
}

bool ifcfg_binds(const struct tree *t, const struct port *p)
{
	for vec_each(f, t)
		if (path_is_in(f->path, "/etc/sysconfig/network-scripts", "ifcfg-*") && is_of_port(f, p))
			return true;
	return false;
}

static void value_take(const struct search *s, const struct spot *at, const char *key, const char *value)
{
	const char *says = arena_printf(s->in->arena, "%s=%s", key, value);

	if (strcmp(key, "BOOTPROTO") == 0 && strncmp(value, "dhcp", 4) == 0)
		owner_add_address(s, at, says);
	else if (strncmp(key, "IPADDR", 6) == 0 || strcmp(key, "IPV6ADDR") == 0)
		owner_add_address(s, at, value);
	else if (strcmp(key, "MTU") == 0 && value[0])
		owner_add_mtu(s, at, value);
	else if (strcmp(key, "GATEWAY") == 0 || strcmp(key, "IPV6_DEFAULTGW") == 0)
		owner_add(s, OWNED_ROUTE, at, says, true, "puts a default route into table main");
	else if (strncmp(key, "ROUTING_RULE_", 13) == 0 || strncmp(key, "ROUTING_RULE6_", 14) == 0)
		owner_add(s, OWNED_RULE, at, says, false, "when the port comes up");
}

static void ifcfg_take(const struct search *s, const struct tree_file *f, struct spot at)
{
	struct ini it = { .text = f->text };

	at.file = f->path;
	while (ini_next(&it)) {
		at.line = it.line;
		value_take(s, &at, it.key, unquoted(it.value));
	}
}

/* Files whose lines are words of ip(8), or keys: each line speaks. */
static void lines_take(const struct search *s, const char *path, enum owned kind, struct spot at)
{
	const struct tree_file *f = tree_file(s->in->tree, path);
	const char *text = f ? f->text : "";
	char line[512];

	at.file = path;
	while (text_line(&text, &at.line, line, sizeof(line))) {
		const char *says = text_trim(line);

		if (says[0] && says[0] != '#')
			owner_add(s, kind, &at, says, false, "when the port comes up");
	}
}

static void dir_take(const struct search *s, const char *dir, const char *const *prefix, const enum owned *kind,
		     const struct spot *at)
{
	for vec_each(f, s->in->tree)
		if (path_is_in(f->path, dir, "ifcfg-*") && is_of_port(f, s->port))
			ifcfg_take(s, f, *at);
	for (; *prefix; prefix++, kind++)
		lines_take(s, arena_printf(s->in->arena, "%s/%s-%s", dir, *prefix, s->port->link.name), *kind, *at);
}

void ifcfg_owners(const struct search *s)
{
	static const char *const prefix[] = { "route", "route6", "rule", "rule6", NULL };
	static const enum owned kind[] = { OWNED_ROUTE, OWNED_ROUTE, OWNED_RULE, OWNED_RULE };
	bool scripts = unit_is_used(s->in->tree, "network.service");
	bool nm = unit_is_used(s->in->tree, "NetworkManager.service");
	const struct spot at = { .owner = "ifcfg", .unit = nm ? "NetworkManager.service" : "network.service" };

	if (scripts || nm)
		dir_take(s, "/etc/sysconfig/network-scripts", prefix, kind, &at);
}

void wicked_owners(const struct search *s)
{
	static const char *const prefix[] = { "ifroute", "ifrule", NULL };
	static const enum owned kind[] = { OWNED_ROUTE, OWNED_RULE };
	const struct spot at = { .owner = "wicked", .unit = "wickedd.service" };

	if (unit_is_used(s->in->tree, "wickedd.service") || unit_is_used(s->in->tree, "wicked.service"))
		dir_take(s, "/etc/sysconfig/network", prefix, kind, &at);
}
