/* SPDX-License-Identifier: MIT */
/* systemd-networkd: the first .network file that matches the port, and what it does to entries of others. */
#include <stdlib.h>
#include <string.h>

#include "owner/kinds.h"

static const char unit[] = "systemd-networkd.service";

static const char *const dirs[] = { "/etc/systemd/network", "/run/systemd/network", "/usr/local/lib/systemd/network",
				    "/usr/lib/systemd/network", "/lib/systemd/network", NULL };

/* -1: a condition that can not be judged here, taken as fulfilled. */
static int condition(const char *key, const char *value, const struct port *p)
{
	char id[64];

	if (strcmp(key, "Name") == 0)
		return words_fit(value, p->link.name);
	if (strcmp(key, "MACAddress") == 0 || strcmp(key, "PermanentMACAddress") == 0)
		return is_mac(value, p);
	if (strcmp(key, "Type") == 0)
		return words_fit(value, "ether");
	if (strcmp(key, "Path") == 0) {
		snprintf(id, sizeof(id), "pci-%s", p->rdma.pci);
		return words_fit(value, id);
	}
	return -1;
}

static bool matches(const struct tree_file *f, const struct port *p)
{
	struct ini it = { .text = f->text };
	bool any = false, all = true;

	while (ini_next(&it)) {
		if (strcmp(it.section, "Match") != 0)
			continue;
		any = true;
		all &= condition(it.key, it.value, p) != 0;
	}
	return any && all;
}

static bool is_key(const struct ini *it, const char *section, const char *key)
{
	return strcmp(it->section, section) == 0 && strcmp(it->key, key) == 0;
}

static uint32_t conf_number(const char *value)
{
	return strcmp(value, "loose") == 0 ? 2 : strcmp(value, "strict") == 0 || is_yes(value);
}

/* A number of net.ipv4.conf that .network files name differently. */
static void conf_take(const struct search *s, const struct spot *at, const struct ini *it)
{
	static const struct {
		const char *key, *setting;
	} rows[] = { { "IPv4ReversePathFilter", "rp_filter" }, { "IPv4AcceptLocal", "accept_local" },
		     { "IPv6AcceptRA", "accept_ra" } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct setting *set = setting_by_name(rows[i].setting);

		if (!set || !is_key(it, "Network", rows[i].key))
			continue;
		uint32_t all = s->in->node->conf_all[set->conf];
		const char *wrong = conf_wrong(s, set, conf_effective(set->conf, all, conf_number(it->value)));
		*vec_add(s->in->arena, s->ret) = (struct owner){
			.port = s->port, .name = set->name, .owner = at->owner, .file = at->file, .line = at->line,
			.unit = at->unit, .says = arena_printf(s->in->arena, "%s=%s", it->key, it->value),
			.text = arena_printf(s->in->arena, "when networkd configures the port%s%s", wrong ? ": " : "",
					     wrong ? wrong : ""),
			.contradicts = wrong != NULL,
		};
	}
}

static void line_take(const struct search *s, const struct spot *at, const struct ini *it)
{
	const char *says = arena_printf(s->in->arena, "%s=%s", it->key, it->value);
	bool dhcp = is_yes(it->value) || strncmp(it->value, "ipv", 3) == 0;

	if (is_key(it, "Network", "Address") || is_key(it, "Address", "Address"))
		owner_add_address(s, at, it->value);
	else if (is_key(it, "Network", "DHCP") && dhcp)
		owner_add_address(s, at, says);
	else if (is_key(it, "Link", "MTUBytes"))
		owner_add_mtu(s, at, it->value);
	else if (is_key(it, "Network", "Gateway") || is_key(it, "Route", "Gateway") || is_key(it, "Route", "Destination"))
		owner_add(s, OWNED_ROUTE, at, says, false, "when networkd configures the port");
	else if (is_key(it, "RoutingPolicyRule", "From"))
		owner_add(s, OWNED_RULE, at, says, false, "when networkd configures the port");
	else
		conf_take(s, at, it);
}

static void file_take(const struct search *s, const struct tree_file *f)
{
	struct ini it = { .text = f->text };

	while (ini_next(&it)) {
		struct spot at = { .owner = "networkd", .file = f->path, .unit = unit, .line = it.line };

		line_take(s, &at, &it);
	}
}

/* A yes that stands nowhere is networkd's own. spot->line: 0: there is none. */
static bool foreign_are_managed(const struct search *s, const char *key, struct spot *at)
{
	static const char *const conf_dirs[] = { "/etc/systemd/networkd.conf.d", "/run/systemd/networkd.conf.d",
						 "/usr/local/lib/systemd/networkd.conf.d",
						 "/usr/lib/systemd/networkd.conf.d", NULL };
	const struct tree_file *main_file = tree_file(s->in->tree, "/etc/systemd/networkd.conf");
	struct tree_files files = drop_ins(s->in->tree, conf_dirs, "*.conf", s->in->arena);
	bool ret = true;

	*at = (struct spot){ .owner = "networkd", .unit = unit };
	for (size_t i = 0; i < files.n + 1; i++) {
		const struct tree_file *f = i == 0 ? main_file : files.at[i - 1];
		struct ini it = { .text = f ? f->text : "" };

		while (ini_next(&it)) {
			if (!is_key(&it, "Network", key))
				continue;
			ret = is_yes(it.value);
			at->file = f->path;
			at->line = it.line;
		}
	}
	return ret;
}

static bool has_section(const struct tree_file *f, const char *section)
{
	struct ini it = { .text = f ? f->text : "" };

	while (ini_next(&it))
		if (strcmp(it.section, section) == 0)
			return true;
	return false;
}

/* Rules and routes that are in none of its files go when it configures a port anew. f: the port's file, whose
 * section says which it has; NULL: none. */
static void foreign_take(const struct search *s, enum owned kind, const char *key, const struct tree_file *f)
{
	bool has = has_section(f, kind == OWNED_RULE ? "RoutingPolicyRule" : "Route");
	struct spot at;

	if (foreign_are_managed(s, key, &at))
		owner_add(s, kind, &at, arena_printf(s->in->arena, "%s=yes%s", key, at.file ? "" : " (default)"), !has,
			  "removes those that are in none of its files");
}

static const struct tree_file *file_of(const struct search *s)
{
	struct tree_files files = drop_ins(s->in->tree, dirs, "*.network", s->in->arena);

	for vec_each(f, &files)
		if (matches(*f, s->port))
			return *f;
	return NULL;
}

static bool is_left_alone(const struct tree_file *f)
{
	struct ini it = { .text = f->text };

	while (ini_next(&it))
		if (is_key(&it, "Link", "Unmanaged") && is_yes(it.value))
			return true;
	return false;
}

void networkd_owners(const struct search *s)
{
	if (!unit_is_used(s->in->tree, unit))
		return;
	const struct tree_file *f = file_of(s);
	foreign_take(s, OWNED_RULE, "ManageForeignRoutingPolicyRules", f);
	if (!f || is_left_alone(f))
		return;
	foreign_take(s, OWNED_ROUTE, "ManageForeignRoutes", f);
	file_take(s, f);
	for vec_each(more, s->in->tree) {
		const char *dir = strstr(more->path, ".network.d/");
		size_t len = strlen(path_name(f->path));

		/* /etc/systemd/network/70-p0.network.d/x.conf */
		if (dir && !more->masked && dir + 8 - more->path > (ptrdiff_t)len &&
		    strncmp(dir + 8 - len, path_name(f->path), len) == 0 && dir[8 - (ptrdiff_t)len - 1] == '/')
			file_take(s, more);
	}
}
