/* SPDX-License-Identifier: MIT */
/* doRoCE: configure and revert under the options of doRoCE.sh, with its values. */
#include "cmd/doroce.h"

#include <string.h>
#include <unistd.h>

#include "cmd/entries.h"
#include "cmd/script.h"

#define TOS_DEFAULT "106"

enum { GID_INDEX_MAX = 65535 };

static const char boot_unit_link[] = "/etc/systemd/system/multi-user.target.wants/doroce.service";

const struct option_row doroce_rows[] = {
	OPTION_ROW("run_once", 0, NULL, OPTION_FLAG, doroce.run_once, "nothing is made again after a boot"),
	OPTION_ROW("uninstall", 0, NULL, OPTION_FLAG, doroce.uninstall,
		   "take away what makes it again after a boot, and the lines for NCCL; configure nothing"),
	OPTION_ROW("devices", 'd', "A,B", OPTION_TEXT, devices, "only these RDMA devices; without it all RoCE ports"),
	OPTION_ROW("tos", 't', "TOS", OPTION_TEXT, intent.tos, "ToS (" TOS_DEFAULT "): DSCP is ToS / 4, priority ToS / 32"),
	OPTION_ROW("mtu", 'm', "BYTES", OPTION_TEXT, intent.mtu, "MTU of the ports' netdevs; without it as it is"),
	OPTION_ROW("gid-index", 'g', "N", OPTION_TEXT, doroce.gid_index, "GID index for NCCL; without it NCCL finds it"),
	OPTION_ROW("lossless_opt", 'l', NULL, OPTION_FLAG, doroce.lossless, "the fabric is lossless: accelerations off"),
	OPTION_ROW("lossy_buf", 's', NULL, OPTION_FLAG, doroce.lossy, "no PFC on the priority, one buffer for all traffic"),
	OPTION_ROW("rttcc", 'c', NULL, OPTION_FLAG, doroce.rttcc, "congestion control by round trip times"),
	OPTION_ROW("selective_repeat", 'r', NULL, OPTION_FLAG, doroce.selective_repeat, "selective repeat on"),
	OPTION_ROW("debug", 'u', NULL, OPTION_FLAG, doroce.debug, "nothing: every change is printed in any case"),
	OPTION_ROW("verbose", 'v', NULL, OPTION_FLAG, verbose, "the same"),
	OPTION_ROW("yes", 'y', NULL, OPTION_FLAG, doroce.yes, "go on without what is missing"),
	OPTION_ROW("no", 'n', NULL, OPTION_FLAG, doroce.no, "write nothing where something is missing"),
	OPTION_ROW("back_to_def", 'b', NULL, OPTION_FLAG, doroce.back, "put back what was there before doRoCE"),
	{ .name = NULL },
};

static bool is_meant(const struct intent *in, const struct port *p)
{
	for vec_each(entry, &in->ports)
		if (port_has_name(p, entry->match.any))
			return true;
	return !in->ports.n;
}

static void names_check(const struct session *s, struct diag *d)
{
	for vec_each(entry, &s->intent.ports) {
		bool found = false;

		for vec_each(p, &s->node.ports)
			found |= port_is_roce(p) && !p->below[0] && port_has_name(p, entry->match.any);
		if (!found)
			diag_add(d, &(struct place){ .file = "--devices" }, "no RoCE port has the name '%s'",
				 entry->match.any);
	}
}

/* All traffic in one buffer, where the driver tells of buffers. */
static void buffer_wish(struct session *s, const struct port *p, struct port_intent *entry)
{
	const struct setting *buffer = &settings[SETTING_BUFFER];

	setting_read(s->kern, s->arena, &s->node, buffer, p);
	const uint32_t *at = doroce_buffer(setting_seen(buffer, &s->node, p), s->arena);
	if (at)
		entry->list[SETTING_BUFFER] = (struct opt_list){ .v = { buffer->count, at }, .is = OPT_SET };
	else
		complain(EXIT_OK, "note: %s: the driver does not tell of its buffers, which stay as they are", p->link.name);
}

/* An entry for each port: some of them may lack what others have. */
static void entries_make(struct session *s, const struct options *o)
{
	const struct intent named = s->intent;
	struct intent *in = &s->intent;

	in->has_ports = true;
	memset(&in->ports, 0, sizeof(in->ports));
	for vec_each(p, &s->node.ports) {
		if (o->doroce.uninstall || !port_is_roce(p) || p->below[0] || !is_meant(&named, p))
			continue;
		struct port_intent *entry = vec_add(s->arena, &in->ports);
		*entry = (struct port_intent){ .at.file = "--devices", .match.any = p->name };
		if (o->doroce.lossy)
			buffer_wish(s, p, entry);
	}
}

static void files_choose(struct session *s, const struct options *o)
{
	bool leave = o->doroce.run_once && !o->doroce.back;

	s->persist.wanted = s->persist.boot_alone = !leave;
	s->persist.gone = o->doroce.back || o->doroce.uninstall;
	s->add_files = leave ? doroce_tell_of_script : doroce_take_over;
}

static int preset(struct session *s, const struct options *o, struct diag *d)
{
	struct intent *in = &s->intent;
	uint32_t index;

	if (!o->doroce.uninstall && !script_has_port(&s->node))
		return complain(EXIT_FAILED, "no RoCE port on this node (see: doroce show)");
	names_check(s, d);
	script_guards_check(s, o, d);
	doroce_values(&o->doroce, s->arena, in);
	if (o->doroce.uninstall)
		in->apps.how[APP_NCCL] = APP_NONE;
	if (o->doroce.gid_index) {
		if (option_number("gid-index", o->doroce.gid_index, 0, GID_INDEX_MAX, &index) != EXIT_OK)
			return EXIT_USAGE;
		in->apps.gid_index = (struct opt_u32){ OPT_SET, index };
	}
	entries_make(s, o);
	files_choose(s, o);
	return EXIT_OK;
}

/* A run of doRoCE has left a journal, in whatever state: there is, or was, something to take back. */
static bool has_run(const struct options *o, struct arena *a)
{
	auto_state st = STATE_NONE;
	struct entries es = { 0 };

	if (root_path(o, a, &st.root) != EXIT_OK || entries_look(&st) != EXIT_OK)
		return false;
	journal_list(st.dir, a, &es);
	for vec_each(en, &es)
		if (entry_is_of(en, o->program) && !strstr(en->command, "--uninstall"))
			return true;
	return false;
}

static int options_check(const struct options *o)
{
	const struct doroce_options *d = &o->doroce;

	if (d->lossless && d->lossy)
		return complain(EXIT_USAGE, "one of -l (lossless_opt) and -s (lossy_buf)");
	if (d->yes && d->no)
		return complain(EXIT_USAGE, "one of -y and -n");
	if (d->back && (d->lossless || d->lossy || d->rttcc || d->selective_repeat || d->gid_index || o->intent.mtu))
		return complain(EXIT_USAGE, "-b takes back: none of -l, -s, -c, -r, -g, -m beside it");
	if (d->back && d->uninstall)
		return complain(EXIT_USAGE, "one of -b and --uninstall");
	return EXIT_OK;
}

static int back(struct options *o, struct arena *a, char **operand)
{
	if (o->devices)
		return complain(EXIT_USAGE, "-b takes whole runs of doRoCE back: no -d beside it (see: doroce history)");
	o->all = true;
	return cmd_revert(o, a, operand);
}

static void boot_hint(const struct options *o)
{
	const struct doroce_options *d = &o->doroce;

	if (d->run_once || d->back || d->uninstall || o->dry_run || o->root || access(boot_unit_link, F_OK) == 0)
		return;
	complain(EXIT_OK, "note: at a boot doroce.service makes this again: systemctl enable doroce");
}

int cmd_doroce(struct options *o, struct arena *a, char **operand)
{
	int r = options_check(o);

	o->program = "doRoCE";
	if (r != EXIT_OK)
		return r;
	if (o->doroce.back && has_run(o, a))
		return back(o, a, operand);
	/* under this name it is none of the runs that -b takes back */
	if (o->doroce.back)
		o->line = arena_printf(a, "doroce %s", o->line);
	if (o->doroce.uninstall)
		o->devices = NULL; /* of no port */
	if (!o->intent.tos)
		o->intent.tos = TOS_DEFAULT;
	script_devices(o, a);
	o->preset = preset;
	o->review = doroce_review;
	r = cmd_configure(o, a, operand);
	if (r == EXIT_OK)
		boot_hint(o);
	return r;
}
