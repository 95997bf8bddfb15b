/* SPDX-License-Identifier: MIT */
/* Which network manager has a port in its hands. */
#include "persist/detect.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#define UNITS "/run/systemd/units"
#define KEYFILES "/etc/NetworkManager/system-connections"
#define IFCFG "/etc/sysconfig/network-scripts"

const char *const detect_reads[] = {
	UNITS "/invocation:*.service",
	"/run/systemd/netif/links/*",
	"/run/systemd/network/10-netplan-*",
	"/run/NetworkManager/NetworkManager.pid",
	"/run/NetworkManager/devices/*",
	"/run/NetworkManager/system-connections/netplan-*",
	KEYFILES "/*",
	"/run/wicked/state-*.xml",
	"/etc/sysconfig/network/ifcfg-*",
	"/run/network/ifstate",
	IFCFG "/ifcfg-*",
	"/etc/netplan/*.yaml",
	NULL,
};

bool unit_runs(const struct tree *t, const char *unit)
{
	char path[256];

	snprintf(path, sizeof(path), UNITS "/invocation:%s", unit);
	return tree_file(t, path);
}

char *key_value(const char *text, const char *key, struct arena *a)
{
	char line[512];
	size_t len = strlen(key);

	for (unsigned int n = 0; text_line(&text, &n, line, sizeof(line));) {
		char *at = text_trim(line);

		if (strncmp(at, key, len) == 0 && at[len] == '=')
			return arena_strdup(a, text_trim(at + len + 1));
	}
	return NULL;
}

static const struct tree_file *first_in(const struct tree *t, const char *dir, const char *glob)
{
	for vec_each(f, t)
		if (path_is_in(f->path, dir, glob))
			return f;
	return NULL;
}

/* File of the directory that is named by the ifindex. */
static const struct tree_file *of_ifindex(const struct tree *t, const struct link *l, const char *dir)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%d", dir, l->ifindex);
	return tree_file(t, path);
}

static struct port_manager networkd(const struct tree *t, const struct link *l, struct arena *a)
{
	const struct tree_file *f = of_ifindex(t, l, "/run/systemd/netif/links");
	const char *state = f ? key_value(f->text, "ADMIN_STATE", a) : NULL;
	const char *by = f ? key_value(f->text, "NETWORK_FILE", a) : NULL;
	bool planned = by && strncmp(path_name(by), "10-netplan-", 11) == 0;

	if (!state || strcmp(state, "unmanaged") == 0)
		return (struct port_manager){ .why = f ? "systemd-networkd leaves it alone" : NULL };
	return (struct port_manager){
		.manager = "systemd-networkd", .backend = planned ? "netplan" : "networkd",
		.why = arena_printf(a, "systemd-networkd (%s%s%s)", state, by ? ", by " : "", by ? by : ""),
	};
}

/* The file of a profile of NetworkManager: its own, netplan's, or of ifcfg. */
static const struct tree_file *file_of_uuid(const struct tree *t, const char *uuid, struct arena *a)
{
	for vec_each(f, t) {
		bool nm = path_is_in(f->path, "/run/NetworkManager/system-connections", "*") ||
			  path_is_in(f->path, KEYFILES, "*");
		const char *has = nm ? key_value(f->text, "uuid", a) :
				  path_is_in(f->path, IFCFG, "ifcfg-*") ? key_value(f->text, "UUID", a) : NULL;

		if (has && strcasecmp(has + (has[0] == '"'), uuid) == 0)
			return f;
		if (has && has[0] == '"' && strncasecmp(has + 1, uuid, strlen(uuid)) == 0)
			return f;
	}
	return NULL;
}

static struct port_manager networkmanager(const struct tree *t, const struct link *l, struct arena *a)
{
	const struct tree_file *f = of_ifindex(t, l, "/run/NetworkManager/devices");
	const char *managed = f ? key_value(f->text, "managed", a) : NULL;
	const char *uuid = f ? key_value(f->text, "connection-uuid", a) : NULL;
	const struct tree_file *by = uuid ? file_of_uuid(t, uuid, a) : NULL;
	bool own = by && path_is_in(by->path, KEYFILES, "*");
	bool planned = by ? strncmp(by->path, "/run/", 5) == 0 :
			    !uuid && first_in(t, "/run/NetworkManager/system-connections", "netplan-*");

	if (!managed || strcmp(managed, "true") != 0)
		return (struct port_manager){ .why = f ? "NetworkManager leaves it alone" : NULL };
	return (struct port_manager){
		.manager = "NetworkManager", .backend = planned ? "netplan" : by && !own ? "ifcfg" : "networkmanager",
		.why = arena_printf(a, "NetworkManager (%s%s)", by ? "by " : uuid ? "profile " : "without a profile",
				    by ? by->path : uuid ? uuid : ""),
	};
}

static struct port_manager wicked(const struct tree *t, const struct link *l, struct arena *a)
{
	const char *state = arena_printf(a, "/run/wicked/state-%d.xml", l->ifindex);
	const char *file = arena_printf(a, "/etc/sysconfig/network/ifcfg-%s", l->name);
	const char *found = tree_file(t, file) ? file : tree_file(t, state) ? state : NULL;

	if (!found)
		return (struct port_manager){ 0 };
	return (struct port_manager){ .manager = "wicked", .backend = "wicked",
				      .why = arena_printf(a, "wicked (%s)", found) };
}

static struct port_manager ifupdown(const struct tree *t, const struct link *l, struct arena *a)
{
	const struct tree_file *f = tree_file(t, "/run/network/ifstate");

	if (!f || !key_value(f->text, l->name, a))
		return (struct port_manager){ 0 };
	return (struct port_manager){ .manager = "ifupdown", .backend = "ifupdown",
				      .why = "ifupdown (/run/network/ifstate)" };
}

static struct port_manager network_scripts(const struct tree *t, const struct link *l, struct arena *a)
{
	const char *file = arena_printf(a, IFCFG "/ifcfg-%s", l->name);

	if (!tree_file(t, file))
		return (struct port_manager){ 0 };
	return (struct port_manager){ .manager = "network-scripts", .backend = "ifcfg",
				      .why = arena_printf(a, "network-scripts (%s)", file) };
}

/* unit: that runs; trace: of one that runs, where systemd does not. planned: what a generator above it leaves. */
static const struct manager {
	const char *name, *backend, *unit, *trace, *planned_dir, *planned_glob;
	struct port_manager (*of)(const struct tree *t, const struct link *l, struct arena *a);
} managers[] = {
	{ "systemd-networkd", "networkd", "systemd-networkd.service", NULL, "/etc/netplan", "*.yaml", networkd },
	{ "NetworkManager", "networkmanager", "NetworkManager.service", "/run/NetworkManager/NetworkManager.pid",
	  "/run/NetworkManager/system-connections", "netplan-*", networkmanager },
	{ "wicked", "wicked", "wickedd.service", NULL, NULL, NULL, wicked },
	{ "ifupdown", "ifupdown", "networking.service", "/run/network/ifstate", NULL, NULL, ifupdown },
	{ "network-scripts", "ifcfg", "network.service", NULL, NULL, NULL, network_scripts },
};

/* A manager's files outlive it: it counts only while it runs. */
static bool runs(const struct tree *t, const struct manager *m)
{
	bool systemd = first_in(t, UNITS, "*");

	return systemd ? unit_runs(t, m->unit) : m->trace && tree_file(t, m->trace);
}

static const char *join(const char *text, const char *with, const char *more, struct arena *a)
{
	return !more ? text : text ? arena_printf(a, "%s%s%s", text, with, more) : more;
}

struct port_manager port_manager(const struct tree *t, const struct link *l, struct arena *a)
{
	const char *why = NULL;

	for (size_t i = 0; i < ARRAY_LEN(managers); i++) {
		if (!runs(t, &managers[i]))
			continue;
		struct port_manager pm = managers[i].of(t, l, a);
		if (pm.manager)
			return pm;
		why = join(why, ", ", pm.why, a);
	}
	return (struct port_manager){ .why = why ? arena_printf(a, "nobody (%s)", why) : "nobody" };
}

/* Nobody runs the ports: the only manager there is will, once it has files of them. */
static const char *backend_of_node(const struct tree *t, struct arena *a, const char **ret_why)
{
	const char *names = NULL, *backend = NULL, *only = NULL;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(managers); i++) {
		const struct manager *m = &managers[i];

		if (!runs(t, m))
			continue;
		backend = m->planned_dir && first_in(t, m->planned_dir, m->planned_glob) ? "netplan" : m->backend;
		only = m->name;
		names = join(names, ", ", arena_printf(a, "%s (--persist=%s)", m->name, backend), a);
		n++;
	}
	*ret_why = n == 1 ? arena_printf(a, "nobody runs the ports yet, and %s is the only network manager here", only) :
		   n ? arena_printf(a, "nobody runs the ports, and there is more than one network manager here: %s", names) :
		       "no network manager runs here (give the one that will read the files by --persist=)";
	return n == 1 ? backend : NULL;
}

const char *detect_backend(const struct tree *t, const struct wishes *ws, struct arena *a, const char **ret_why)
{
	const char *backend = NULL, *found = NULL;
	bool differ = false;

	for vec_each(w, ws) {
		struct port_manager pm = port_manager(t, &w->port->link, a);

		if (!pm.manager || (backend && strcmp(backend, pm.backend) == 0))
			continue;
		differ |= backend != NULL;
		backend = pm.backend;
		found = join(found, "; ", arena_printf(a, "%s: %s: --persist=%s", w->port->link.name, pm.why,
						       pm.backend), a);
	}
	if (!backend)
		return backend_of_node(t, a, ret_why);
	*ret_why = differ ? arena_printf(a, "the ports are run by different managers, and one file set is for one: %s",
					 found) : found;
	return differ ? NULL : backend;
}
