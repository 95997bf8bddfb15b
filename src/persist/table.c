/* SPDX-License-Identifier: MIT */
/* The list of backends: a new one is a file beside and a row here. */
#include <string.h>

#include "persist/persist.h"

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

const struct backend backends[] = {
	{
		.name = "netplan", .write = netplan_write,
		.reads = LIST("/etc/netplan/*.yaml", "/run/netplan/*.yaml", "/lib/netplan/*.yaml"),
		/* `apply` would set up all of the node anew; what the kernel needs is there already */
		.reload = LIST("netplan", "generate"), .generator = true,
		/* netplan itself does not tell it */
		.version = LIST("dpkg-query", "-W", "-f", "${Version}", "netplan.io"),
	},
	{
		.name = "networkd", .write = networkd_write,
		.reads = LIST("/etc/systemd/network/*.network", "/run/systemd/network/*.network",
			      "/usr/lib/systemd/network/*.network", "/lib/systemd/network/*.network",
			      "/etc/systemd/network/*.netdev", "/run/systemd/network/*.netdev",
			      "/usr/lib/systemd/network/*.netdev", "/lib/systemd/network/*.netdev",
			      "/etc/systemd/network/*.network.d/*.conf", "/run/systemd/network/*.network.d/*.conf"),
		.reload = LIST("networkctl", "reload"),
	},
	{
		.name = "networkmanager", .write = networkmanager_write,
		.reads = LIST("/etc/NetworkManager/system-connections/*",
			      "/run/NetworkManager/system-connections/*",
			      "/usr/lib/NetworkManager/system-connections/*",
			      "/etc/sysconfig/network-scripts/ifcfg-*",
			      "/etc/sysconfig/network-scripts/route-*"),
		.reload = LIST("nmcli", "connection", "reload"),
		.version = LIST("NetworkManager", "--version"),
	},
	{
		.name = "ifcfg", .write = ifcfg_write,
		.reads = LIST("/etc/sysconfig/network-scripts/ifcfg-*",
			      "/etc/sysconfig/network-scripts/route-*",
			      "/etc/sysconfig/network-scripts/route6-*",
			      "/etc/sysconfig/network-scripts/rule-*",
			      "/etc/sysconfig/network-scripts/rule6-*", "/usr/lib/os-release"),
		/* of the NetworkManager that runs: nothing where the network service reads the files */
		.version = LIST("nmcli", "-g", "VERSION", "general"),
	},
	{
		.name = "ifupdown", .write = ifupdown_write,
		.reads = LIST("/etc/network/interfaces", "/etc/network/interfaces.d/*"),
	},
	{
		.name = "wicked", .write = wicked_write,
		.reads = LIST("/etc/sysconfig/network/ifcfg-*", "/etc/sysconfig/network/ifroute-*",
			      "/etc/sysconfig/network/ifrule-*"),
	},
	{ .name = NULL },
};

const struct backend *backend_by_name(const char *name)
{
	for (const struct backend *b = backends; b->name; b++)
		if (strcmp(b->name, name) == 0)
			return b;
	return NULL;
}

bool persist_is_ours(const struct file *f)
{
	return strncmp(f->text, PERSIST_MARK, strlen(PERSIST_MARK)) == 0;
}

void persist_put(const struct persist_in *in, struct file_wishes *ret, const char *path, const char *text,
		 mode_t mode, const char *why)
{
	*vec_add(in->arena, ret) = (struct file_wish){
		.is = OPT_SET, .path = path, .text = text, .mode = mode, .why = why,
	};
}

void persist_drop(const struct persist_in *in, struct file_wishes *ret, const char *path, const char *why)
{
	for vec_each(f, in->seen)
		if (strcmp(f->path, path) == 0 && persist_is_ours(f))
			*vec_add(in->arena, ret) = (struct file_wish){ .is = OPT_NONE, .path = path, .why = why };
}
