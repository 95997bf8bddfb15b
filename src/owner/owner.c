/* SPDX-License-Identifier: MIT */
/* Who else will overwrite a setting of a port: the list of kinds, and what they have in common. */
#include "owner/owner.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "owner/kinds.h"
#include "persist/detect.h"
#include "persist/persist.h"

const char *const owner_reads[] = {
	"/run/systemd/units/invocation:*.service",
	"/etc/systemd/system/*.wants/*.service",
	"/etc/sysctl.d/*.conf", "/run/sysctl.d/*.conf", "/usr/local/lib/sysctl.d/*.conf", "/usr/lib/sysctl.d/*.conf",
	"/lib/sysctl.d/*.conf", "/etc/sysctl.conf", "/usr/lib/systemd/systemd-sysctl", "/lib/systemd/systemd-sysctl",
	"/etc/tuned/active_profile", "/etc/tuned/*/tuned.conf", "/etc/tuned/profiles/*/tuned.conf",
	"/usr/lib/tuned/*/tuned.conf", "/usr/lib/tuned/profiles/*/tuned.conf",
	"/etc/systemd/networkd.conf", "/etc/systemd/networkd.conf.d/*.conf", "/run/systemd/networkd.conf.d/*.conf",
	"/usr/local/lib/systemd/networkd.conf.d/*.conf", "/usr/lib/systemd/networkd.conf.d/*.conf",
	"/etc/systemd/network/*.network", "/run/systemd/network/*.network", "/usr/local/lib/systemd/network/*.network",
	"/usr/lib/systemd/network/*.network", "/lib/systemd/network/*.network",
	"/etc/systemd/network/*.network.d/*.conf", "/run/systemd/network/*.network.d/*.conf",
	"/usr/lib/systemd/network/*.network.d/*.conf",
	"/etc/NetworkManager/NetworkManager.conf", "/etc/NetworkManager/conf.d/*.conf",
	"/run/NetworkManager/conf.d/*.conf", "/usr/lib/NetworkManager/conf.d/*.conf",
	"/etc/NetworkManager/system-connections/*", "/run/NetworkManager/system-connections/*",
	"/usr/lib/NetworkManager/system-connections/*", "/run/NetworkManager/devices/*",
	"/run/NetworkManager/NetworkManager.pid",
	"/lib/netplan/*.yaml", "/etc/netplan/*.yaml", "/run/netplan/*.yaml",
	"/etc/cloud/cloud.cfg", "/etc/cloud/cloud.cfg.d/*.cfg", "/etc/cloud/cloud-init.disabled",
	"/etc/sysconfig/network-scripts/*", "/etc/sysconfig/network/if*", "/etc/network/interfaces",
	"/etc/network/interfaces.d/*", "/run/network/ifstate", "/var/lib/lldpad/lldpad.conf",
	NULL,
};

enum owned owned_by(const struct setting *s)
{
	if (s->conf)
		return OWNED_SYSCTL;
	if (strcmp(s->name, "mtu") == 0)
		return OWNED_MTU;
	if (strstr(s->source, "DCB") || strstr(s->source, "dcb"))
		return OWNED_DCB;
	return s->stage == STAGE_ADDRESS ? OWNED_ADDRESS :
	       s->stage == STAGE_ROUTE	 ? OWNED_ROUTE :
	       s->stage == STAGE_RULE	 ? OWNED_RULE :
					   OWNED_OTHER;
}

/* True when cloud-init makes network files at boot. */
static bool cloud_is_on(const struct tree *t)
{
	if (!tree_file(t, "/etc/cloud/cloud.cfg") || tree_file(t, "/etc/cloud/cloud-init.disabled"))
		return false;
	for vec_each(f, t) {
		const char *net = strncmp(f->path, "/etc/cloud/", 11) == 0 ? strstr(f->text, "network:") : NULL;
		const char *config = net ? strstr(net, "config:") : NULL;

		if (config && strncmp(config + 7 + strspn(config + 7, " "), "disabled", 8) == 0)
			return false;
	}
	return true;
}

/* Files that cloud-init makes say so in their name or their first lines. */
static bool is_clouds(const struct tree *t, const char *path)
{
	const struct tree_file *f = path ? tree_file(t, path) : NULL;
	const char *at = f ? strcasestr(f->text, "cloud-init") : NULL;

	return f && (strstr(path, "cloud-init") || (at && at - f->text < 300));
}

const char *wrong_text(bool wished)
{
	return wished ? "not what is wished" : "not what is there now";
}

static void found_add(const struct search *s, const struct spot *at, const char *name, const char *says,
		      const char *text, bool contradicts)
{
	*vec_add(s->in->arena, s->ret) = (struct owner){
		.port = s->port, .name = name, .owner = at->owner, .file = at->file, .line = at->line,
		.unit = at->unit, .says = arena_strdup(s->in->arena, says), .text = text,
		.contradicts = contradicts,
	};
}

void owner_add(const struct search *s, enum owned kind, const struct spot *at, const char *says, bool contradicts,
	       const char *text)
{
	const struct tree *t = s->in->tree;
	const char *cloud = is_clouds(t, at->file) && cloud_is_on(t) ? "; cloud-init writes this file anew" : "";
	bool any = false;

	text = arena_printf(s->in->arena, "%s%s", text ? text : contradicts ? wrong_text(s->wish) : "agrees",
			    cloud);
	for (const struct setting *set = settings; set < settings + SETTING_N; set++) {
		/* who has DCB has all of it: one line where nothing of it is wished */
		if (owned_by(set) != kind || (kind == OWNED_DCB && !(s->wish && setting_is_wished(set, s->wish))))
			continue;
		any = true;
		found_add(s, at, set->name, says, text, contradicts);
	}
	if (!any && kind == OWNED_DCB)
		found_add(s, at, "dcb", says, text, contradicts);
}

static bool address_is_wanted(const struct search *s, const struct prefix *p)
{
	const struct addrs *have = s->wish ? &s->wish->addrs : &s->in->node->addrs;

	for vec_each(ad, have)
		if (ad->ifindex == s->port->link.ifindex && ip_equal(&ad->prefix.addr, &p->addr))
			return true;
	return false;
}

void owner_add_address(const struct search *s, const struct spot *at, const char *says)
{
	struct prefix p;
	char text[PREFIX_TEXT];

	snprintf(text, sizeof(text), "%.*s%s", (int)strcspn(says, " ,;"), says, strchr(says, '/') ? "" : "/32");
	if (prefix_parse(text, &p) == 0 && address_is_wanted(s, &p))
		owner_add(s, OWNED_ADDRESS, at, says, false, NULL);
	else
		owner_add(s, OWNED_ADDRESS, at, says, true, "puts another address on the port");
}

void owner_add_mtu(const struct search *s, const struct spot *at, const char *says)
{
	const struct opt_u32 *wish = s->wish ? &s->wish->number[SETTING_MTU] : NULL;
	uint32_t want = wish && wish->is == OPT_SET ? wish->v : s->port->link.mtu;

	bool wrong = strtoul(says, NULL, 10) != want;

	owner_add(s, OWNED_MTU, at, says, wrong, wrong ? wrong_text(wish && wish->is == OPT_SET) : NULL);
}

bool unit_is_used(const struct tree *t, const char *unit)
{
	for vec_each(f, t)
		if (strncmp(f->path, "/etc/systemd/system/", 20) == 0 && strstr(f->path, ".wants/") &&
		    strcmp(path_name(f->path), unit) == 0)
			return true;
	return unit_runs(t, unit);
}

static int by_file_name(const void *a, const void *b)
{
	const struct tree_file *const *x = a, *const *y = b;

	return strcmp(path_name((*x)->path), path_name((*y)->path));
}

static bool is_hidden(const struct tree_files *earlier, const char *path)
{
	for vec_each(f, earlier)
		if (strcmp(path_name((*f)->path), path_name(path)) == 0)
			return true;
	return false;
}

struct tree_files drop_ins(const struct tree *t, const char *const *dirs, const char *glob, struct arena *a)
{
	struct tree_files all = { 0 }, ret = { 0 };

	for (; *dirs; dirs++)
		for vec_each(f, t)
			if (path_is_in(f->path, *dirs, glob) && !is_hidden(&all, f->path))
				*vec_add(a, &all) = f;
	if (all.n)
		qsort(all.at, all.n, sizeof(*all.at), by_file_name);
	for vec_each(f, &all)
		if (!(*f)->masked)
			*vec_add(a, &ret) = *f;
	return ret;
}

bool ini_next(struct ini *it)
{
	while (text_line(&it->text, &it->line, it->buf, sizeof(it->buf))) {
		char *at = text_trim(it->buf), *eq = strchr(at, '=');

		if (at[0] == '#' || at[0] == ';' || !at[0])
			continue;
		if (at[0] == '[') {
			snprintf(it->section, sizeof(it->section), "%.*s", (int)strcspn(at + 1, "]"), at + 1);
			continue;
		}
		if (!eq)
			continue;
		*eq = '\0';
		it->key = text_trim(at);
		it->value = text_trim(eq + 1);
		return true;
	}
	return false;
}

bool words_fit(const char *words, const char *name)
{
	bool inverse = words[0] == '!', fits = false;
	char word[256];
	int used;

	for (words += inverse; sscanf(words, " %255s%n", word, &used) == 1; words += used)
		fits |= fnmatch(word, name, 0) == 0;
	return fits != inverse;
}

bool is_yes(const char *text)
{
	static const char *const yes[] = { "yes", "true", "on", "1", "y", "t" };

	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		if (strcasecmp(text, yes[i]) == 0)
			return true;
	return false;
}

bool is_mac(const char *text, const struct port *p)
{
	char mac[MAC_TEXT];

	return strcasecmp(text, mac_text(p->link.mac, mac)) == 0;
}

/* Files of ours are no owners: they say what is wished. */
static void ours_out(const struct tree *t, struct owners *ret)
{
	static const char mark[] = PERSIST_MARK;
	size_t n = 0;

	for vec_each(o, ret) {
		const struct tree_file *f = o->file ? tree_file(t, o->file) : NULL;

		if (!f || strncmp(f->text, mark, sizeof(mark) - 1) != 0)
			ret->at[n++] = *o;
	}
	ret->n = n;
}

static owner_kind_fn *const kinds[] = { sysctl_owners, netplan_owners, networkd_owners, networkmanager_owners,
					ifcfg_owners, ifupdown_owners, wicked_owners, dcb_owners };

/* By port, then as the settings are listed, then as the kinds are. */
static void order(const struct owners *found, const struct port *p, struct arena *a, struct owners *ret)
{
	for (const struct setting *set = settings; set < settings + SETTING_N; set++)
		for vec_each(o, found)
			if (o->port == p && strcmp(o->name, set->name) == 0)
				*vec_add(a, ret) = *o;
	for vec_each(o, found)
		if (o->port == p && !setting_by_name(o->name))
			*vec_add(a, ret) = *o;
}

void owners_find(const struct owner_in *in, struct owners *ret)
{
	for vec_each(p, &in->node->ports) {
		struct owners found = { 0 };
		struct search s = { .in = in, .port = p, .ret = &found,
				    .wish = wishes_find(in->wishes, p->link.ifindex) };

		if (!port_is_roce(p) || !port_is_first_on_netdev(in->node, p))
			continue;
		for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
			kinds[i](&s);
		ours_out(in->tree, &found);
		order(&found, p, in->arena, ret);
	}
}
