/* SPDX-License-Identifier: MIT */
/* ARP and reverse path settings of the ports, and ECN of TCP, for systemd-sysctl, which writes them at boot and when a
 * port comes. */
#include <string.h>

#include "persist/text.h"

/* by script_names */
static const char *const reads[] = { "/etc/sysctl.d/90-doroce.conf", "/etc/sysctl.d/55-nvidia-arpdefaults.conf", NULL };

const struct backend persist_sysctl = { .name = "sysctl", .reads = reads, .write = sysctl_write };

/* With slashes: a VLAN's name has a dot in it. */
static const char *key(struct arena *a, const struct setting *s, const struct port *p)
{
	char *group = arena_strdup(a, conf_group(s->conf));

	for (char *dot = strchr(group, '.'); dot; dot = strchr(dot, '.'))
		*dot = '/';
	return arena_printf(a, "%s/%s/%s", group, p->link.name, conf_name(s->conf));
}

void sysctl_write(const struct persist_in *in, struct file_wishes *ret, struct persist_notes *notes)
{
	const char *path = reads[in->script_names];
	struct text t = persist_file(in->arena);
	bool any = false;

	const struct opt_u32 *tcp_ecn = &in->wishes->node.number[SETTING_TCP_ECN];

	(void)notes;
	if (tcp_ecn->is == OPT_SET)
		text_add(&t, "net/ipv4/tcp_ecn = %u\n", tcp_ecn->v);
	any = tcp_ecn->is == OPT_SET;
	for vec_each(w, in->wishes)
		for (const struct setting *s = settings; s < settings + SETTING_N; s++) {
			const struct opt_u32 *wish = &w->number[setting_id(s)];

			if (!s->conf || wish->is != OPT_SET)
				continue;
			text_add(&t, "%s = %d\n", key(in->arena, s, w->port), (int)wish->v);
			any = true;
		}
	if (any)
		persist_put(in, ret, path, t.at, 0644, "sysctl");
	else
		persist_drop(in, ret, path, "sysctl");
	persist_drop(in, ret, reads[!in->script_names], "sysctl");
}
