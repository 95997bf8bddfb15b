/* SPDX-License-Identifier: MIT */
/* Which entry of the intent a port belongs to. */
#include "intent/match.h"

#include <fnmatch.h>

static bool glob_fits(const char *glob, const char *text)
{
	return !glob || fnmatch(glob, text, FNM_CASEFOLD) == 0;
}

bool match_port(const struct match *m, const struct port *p)
{
	char mac[MAC_TEXT] = "";

	if (m->mac)
		mac_text(p->link.mac, mac);
	/* whoever writes of devices means their ports, not the VLANs upon them */
	if (p->below[0] && !m->netdev && !m->any)
		return false;
	return glob_fits(m->rdma, p->rdma.device) && (!m->netdev || port_has_netdev(p, m->netdev)) &&
	       glob_fits(m->pci, p->rdma.pci) && glob_fits(m->mac, mac) &&
	       glob_fits(m->driver, p->rdma.driver) && (!m->any || port_has_name(p, m->any));
}

const struct port_intent *match_entry(const struct intent *in, const struct port *p)
{
	if (!in->has_ports)
		return p->below[0] ? NULL : &in->defaults;
	for (size_t i = 0; i < in->ports.n; i++)
		if (match_port(&in->ports.at[i].match, p))
			return &in->ports.at[i];
	return NULL;
}

bool match_any_name(const char *const *glob, size_t n, const struct port *p)
{
	for (size_t i = 0; i < n; i++)
		if (port_has_name(p, glob[i]))
			return true;
	return false;
}
