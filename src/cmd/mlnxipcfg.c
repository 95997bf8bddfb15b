/* SPDX-License-Identifier: MIT */
/* nv-mlnxipcfg: configure and revert under the options of nv-mlnxipcfg.py, with its values. */
#include <string.h>

#include "cmd/script.h"
#include "intent/parse.h"

const struct option_row mlnxipcfg_rows[] = {
	OPTION_ROW("ipaddr", 'i', "A/LEN", OPTION_TEXT, intent.address,
		   "first address; every further port takes the next one"),
	OPTION_ROW("devices", 'd', "A,B", OPTION_TEXT, devices,
		   "only these netdevs, of RoCE ports; without it all (their order does not count)"),
	OPTION_ROW("flush", 'f', NULL, OPTION_FLAG, intent.flush,
		   "take all other addresses off the ports, link-local ones excepted"),
	OPTION_ROW("dryrun", 'r', NULL, OPTION_FLAG, dry_run, "print what would be done, write nothing"),
	OPTION_ROW("verbose", 'v', NULL, OPTION_FLAG, verbose, "nothing: every change is printed in any case"),
	OPTION_ROW("remove", 0, NULL, OPTION_FLAG, remove, "take back every run of nv-mlnxipcfg"),
	{ .name = NULL },
};

/* Where doroce's own choice is another one is told in the README, table "Coming from nv-mlnxipcfg.py". */
static const struct {
	enum setting_id id;
	uint32_t value;
} values[] = {
	{ SETTING_ARP_ACCEPT, 1 }, { SETTING_ARP_ANNOUNCE, 1 }, { SETTING_ARP_FILTER, 0 },
	{ SETTING_RP_FILTER, 2 },  { SETTING_ARP_IGNORE, 1 },
};

/* The last address but one, where the family has a broadcast address. That it is no port's own is seen when the
 * addresses are planned: the place tells where it comes from. */
static void gateway_guess(struct intent *in, struct arena *a, struct diag *d)
{
	const struct prefix *first = &in->sequence.v;
	struct ip last = prefix_last(first);
	char text[PREFIX_TEXT], gateway[IP_TEXT];

	if (first->addr.family == AF_INET6) {
		diag_add(d, &in->sequence.at, "IPv6 has no broadcast address from which a gateway would follow: "
			 "--gateway ADDRESS, or --gateway none");
		return;
	}
	struct ip before = ip_of_u32(ip_u32(&last) - 1);
	if (!ip_in_prefix(&before, first)) {
		diag_add(d, &in->sequence.at, "%s: broadcast - 1, %s, is no gateway: it is outside of the prefix",
			 prefix_text(first, text), ip_text(&before, gateway));
		return;
	}
	in->sequence.at.file = arena_printf(a, "--ipaddr %s, gateway %s (broadcast - 1, unless --gateway ADDRESS or "
					    "--gateway none)", prefix_text(first, text), ip_text(&before, gateway));
	in->defaults.gateway = (struct opt_ip){ OPT_SET, before };
	in->defaults.gateway_at = in->sequence.at;
}

static int preset(struct session *s, const struct options *o, struct diag *d)
{
	struct intent *in = &s->intent;

	if (!script_has_port(&s->node))
		return complain(EXIT_FAILED, "no RoCE port on this node (see: doroce show)");
	s->persist.script_names = true;
	in->sequence.at.file = "--ipaddr";
	for vec_each(entry, &in->ports)
		entry->at.file = "--devices";
	for (size_t i = 0; i < ARRAY_LEN(values) && in->sequence.v.addr.family == AF_INET; i++)
		in->defaults.number[values[i].id] = (struct opt_u32){ OPT_SET, values[i].value };
	if (!o->intent.gateway)
		gateway_guess(in, s->arena, d);
	script_guards_check(s, o, d);
	return EXIT_OK;
}

static int remove_runs(struct options *o, struct arena *a, char **operand)
{
	if (o->intent.address || o->devices || o->intent.flush)
		return complain(EXIT_USAGE, "--remove takes all runs of nv-mlnxipcfg back: no -i, -d, -f beside it");
	o->all = true;
	return cmd_revert(o, a, operand);
}

int cmd_mlnxipcfg(struct options *o, struct arena *a, char **operand)
{
	struct prefix first;
	struct err e = { 0 };

	o->program = "nv-mlnxipcfg";
	if (o->remove)
		return remove_runs(o, a, operand);
	if (!o->intent.address)
		return complain(EXIT_USAGE, "-i A/LEN, the first address, is missing (see: nv-mlnxipcfg --help)");
	if (parse_prefix(o->intent.address, &first, &e) < 0)
		return complain(EXIT_USAGE, "--ipaddr: %s", e.text);
	script_devices(o, a);
	if (!o->persist && !o->no_persist)
		o->persist = "auto";
	o->preset = preset;
	return cmd_configure(o, a, operand);
}
