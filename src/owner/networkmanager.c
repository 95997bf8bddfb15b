/* SPDX-License-Identifier: MIT */
/* NetworkManager: the profiles that bind the port, and whether it touches the port at all. */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "owner/kinds.h"
#include "persist/detect.h"

static const char unit[] = "NetworkManager.service";

/* One word of a device list: "interface-name:p*", "mac:…", "driver:…", "type:ethernet", "*". */
static bool word_fits(const char *word, const struct port *p)
{
	const char *colon = strchr(word, ':'), *value = colon ? colon + 1 : word;

	if (strncmp(word, "interface-name:", 15) == 0)
		return fnmatch(value + (value[0] == '='), p->link.name, 0) == 0;
	if (strncmp(word, "mac:", 4) == 0)
		return is_mac(value, p);
	if (strncmp(word, "type:", 5) == 0)
		return strcmp(value, "ethernet") == 0;
	return fnmatch(word, p->link.name, 0) == 0 || is_mac(word, p);
}

/* A list as unmanaged-devices= and match-device= have it; `except:` wins. */
static bool list_fits(const char *list, const struct port *p)
{
	bool fits = false, only_except = true;
	char word[256];

	while (*list) {
		size_t len = strcspn(list, ";,");

		snprintf(word, sizeof(word), "%.*s", (int)len, list);
		list += len + (list[len] != '\0');
		char *w = text_trim(word);
		if (strncmp(w, "except:", 7) == 0 && word_fits(w + 7, p))
			return false;
		if (w[0] && strncmp(w, "except:", 7) != 0) {
			only_except = false;
			fits |= word_fits(w, p);
		}
	}
	return fits || only_except;
}

static bool file_unmanages(const struct tree_file *f, const struct port *p)
{
	struct ini it = { .text = f->text };
	bool ret = false, device_fits = false;
	char section[128] = "";

	while (ini_next(&it)) {
		if (strcmp(section, it.section) != 0)
			device_fits = true;
		snprintf(section, sizeof(section), "%s", it.section);
		if (strcmp(it.section, "keyfile") == 0 && strcmp(it.key, "unmanaged-devices") == 0)
			ret = it.value[0] && list_fits(it.value, p);
		if (strncmp(it.section, "device", 6) != 0)
			continue;
		if (strcmp(it.key, "match-device") == 0)
			device_fits = list_fits(it.value, p);
		if (strcmp(it.key, "managed") == 0 && device_fits && !is_yes(it.value))
			ret = true;
	}
	return ret;
}

/* [main] no-auto-default= */
static bool file_has_no_default(const struct tree_file *f, const struct port *p)
{
	struct ini it = { .text = f->text };

	while (ini_next(&it))
		if (strcmp(it.section, "main") == 0 && strcmp(it.key, "no-auto-default") == 0 && list_fits(it.value, p))
			return true;
	return false;
}

static struct tree_files conf_files(const struct search *s)
{
	static const char *const dirs[] = { "/etc/NetworkManager/conf.d", "/run/NetworkManager/conf.d",
					    "/usr/lib/NetworkManager/conf.d", NULL };
	const struct tree_file *main_file = tree_file(s->in->tree, "/etc/NetworkManager/NetworkManager.conf");
	struct tree_files files = drop_ins(s->in->tree, dirs, "*.conf", s->in->arena);

	if (main_file)
		*vec_add(s->in->arena, &files) = main_file;
	return files;
}

static bool in_any(const struct search *s, bool (*judge)(const struct tree_file *f, const struct port *p))
{
	struct tree_files files = conf_files(s);

	for vec_each(f, &files)
		if (judge(*f, s->port))
			return true;
	return false;
}

/* What NetworkManager says of the device counts; of one that it has not seen, its configuration. */
static bool is_managed(const struct search *s)
{
	char path[64];

	snprintf(path, sizeof(path), "/run/NetworkManager/devices/%d", s->port->link.ifindex);
	const struct tree_file *device = tree_file(s->in->tree, path);
	const char *managed = device ? key_value(device->text, "managed", s->in->arena) : NULL;
	return managed ? strcmp(managed, "true") == 0 : !in_any(s, file_unmanages);
}

static bool binds(const struct tree_file *f, const struct port *p)
{
	struct ini it = { .text = f->text };
	bool is_connection = false;

	while (ini_next(&it)) {
		is_connection |= strcmp(it.section, "connection") == 0;
		if (strcmp(it.key, "interface-name") == 0 && strcmp(it.value, p->link.name) != 0)
			return false;
		if (strcmp(it.key, "mac-address") == 0 && !is_mac(it.value, p))
			return false;
		if (strcmp(it.section, "connection") == 0 && strcmp(it.key, "type") == 0 &&
		    strcmp(it.value, "ethernet") != 0 && strcmp(it.value, "802-3-ethernet") != 0)
			return false;
	}
	return is_connection;
}

static void line_take(const struct search *s, const struct spot *at, const struct ini *it)
{
	const char *says = arena_printf(s->in->arena, "%s=%s", it->key, it->value);
	bool is_ip = strcmp(it->section, "ipv4") == 0 || strcmp(it->section, "ipv6") == 0;
	bool is_options = strstr(it->key, "_options");

	if (strcmp(it->key, "mtu") == 0 && !is_ip)
		owner_add_mtu(s, at, it->value);
	else if (strcmp(it->section, "ipv4") == 0 && strcmp(it->key, "method") == 0 && strcmp(it->value, "auto") == 0)
		owner_add_address(s, at, says);
	else if (is_ip && strncmp(it->key, "address", 7) == 0)
		owner_add_address(s, at, it->value);
	else if (is_ip && strncmp(it->key, "routing-rule", 12) == 0)
		owner_add(s, OWNED_RULE, at, says, false, "when the profile is activated");
	else if (is_ip && !is_options && (strcmp(it->key, "gateway") == 0 ||
					  (strncmp(it->key, "route", 5) == 0 && strchr("123456789", it->key[5]))))
		owner_add(s, OWNED_ROUTE, at, says, false, "when the profile is activated");
}

void networkmanager_owners(const struct search *s)
{
	static const char *const dirs[] = { "/etc/NetworkManager/system-connections",
					    "/run/NetworkManager/system-connections",
					    "/usr/lib/NetworkManager/system-connections", NULL };
	bool any = ifcfg_binds(s->in->tree, s->port);

	if (!unit_is_used(s->in->tree, unit) && !tree_file(s->in->tree, "/run/NetworkManager/NetworkManager.pid"))
		return;
	if (!is_managed(s))
		return;
	struct tree_files files = drop_ins(s->in->tree, dirs, "*", s->in->arena);
	for vec_each(f, &files) {
		struct spot at = { .owner = "NetworkManager", .file = (*f)->path, .unit = unit };
		struct ini it = { .text = (*f)->text };

		if (!binds(*f, s->port))
			continue;
		any = true;
		while (ini_next(&it)) {
			at.line = it.line;
			line_take(s, &at, &it);
		}
	}
	if (!any && !in_any(s, file_has_no_default))
		owner_add(s, OWNED_ADDRESS, &(struct spot){ .owner = "NetworkManager", .unit = unit }, "no profile", true,
			  "manages the port and makes a profile with DHCP for it (no-auto-default is not set)");
}
