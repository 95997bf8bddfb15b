/* SPDX-License-Identifier: MIT */
/* Settings in registers of ConnectX firmware that no netlink reaches: through mstreg (mstflint) or mlxreg (MFT). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "setting/setting.h"

enum { OUT_BYTES = 8192, WORDS = 12 };

static const char *const reg_tools[] = { "mstreg", "mlxreg", NULL };
static const char *const config_tools[] = { "mstconfig", "mlxconfig", NULL };

/* Slot 15 of PPCC is DCQCN's: while it is disabled, round trip times decide (RTTCC). */
#define PPCC_SLOT "local_port=%u,pnat=0,lp_msb=0,algo_slot=15"
enum { PPCC_ENABLE = 1, PPCC_DISABLE = 2, PPCC_STATUS = 3 };

/* major, minor: firmware that has it at least; 0: any. select: the field that says whether `field` is looked at. */
static const struct reg {
	enum setting_id id;
	const char *field, *select;
	unsigned int major, minor;
} regs[] = {
	{ SETTING_ACCEL_RETRANSMISSION, "roce_adp_retrans_en", "roce_adp_retrans_field_select", 0, 0 },
	{ SETTING_ACCEL_TX_WINDOW, "roce_tx_window_en", "roce_tx_window_field_select", 0, 0 },
	{ SETTING_ACCEL_SLOW_RESTART, "roce_slow_restart_en", "roce_slow_restart_field_select", 0, 0 },
	{ SETTING_SELECTIVE_REPEAT, "selective_repeat_forced_en", "selective_repeat_forced_en_field_select", 22, 0 },
	{ SETTING_RTTCC, NULL, NULL, 22, 37 },
};

static const struct reg *reg_of(const struct setting *s)
{
	for (size_t i = 0; i < ARRAY_LEN(regs); i++)
		if (regs[i].id == setting_id(s))
			return &regs[i];
	return NULL;
}

/* Run the first of the tools that is there with the words, NULL at the end. -ENOENT: there is none. */
static int tool_run(struct kern *k, const char *const *tools, const char *const *words, char *out, struct err *e)
{
	const char *argv[WORDS + 2] = { 0 };
	struct err own = { 0 };
	int r = -ENOENT;

	for (size_t i = 0; words[i] && i < WORDS; i++)
		argv[i + 1] = words[i];
	for (; *tools && r == -ENOENT; tools++) {
		argv[0] = *tools;
		own = (struct err){ 0 };
		r = k->run(k, argv, out, OUT_BYTES, &own);
	}
	if (r == -ENOENT)
		return err_set(e, r, "neither %s nor %s is there: install mstflint", tools[-2], tools[-1]);
	return r < 0 ? err_set(e, r, "%s", own.text) : 0;
}

/* However it ends, it is there. */
bool reg_tool_is_there(struct kern *k, const struct port *p)
{
	const char *words[] = { "-d", p->rdma.pci, "--version", NULL };
	char out[OUT_BYTES];

	return tool_run(k, reg_tools, words, out, NULL) != -ENOENT;
}

/* The field in what the tool prints, "roce_tx_window_en  | 0x00000001". */
static bool field_find(const char *out, const char *name, uint32_t *ret)
{
	size_t len = strlen(name);

	for (const char *at = out; at; at = strchr(at, '\n')) {
		at += strspn(at, "\n \t");
		const char *bar = strncmp(at, name, len) == 0 ? at + len + strspn(at + len, " \t") : "";

		if (*bar != '|')
			continue;
		*ret = (uint32_t)strtoul(bar + 1, NULL, 0);
		return true;
	}
	return false;
}

static int accl_get(struct kern *k, const struct port *p, char *out, struct err *e)
{
	const char *words[] = { "-d", p->rdma.pci, "--yes", "--reg_name", "ROCE_ACCL", "--get", NULL };

	return tool_run(k, reg_tools, words, out, e);
}

/* Which field of the output, or why there is none. */
static const char *accl_value(const struct reg *rg, const char *out, struct arena *a, uint32_t *ret)
{
	uint32_t select = 1;

	if (!field_find(out, rg->field, ret))
		return arena_printf(a, "register ROCE_ACCL of this firmware has no %s", rg->field);
	if (field_find(out, rg->select, &select) && !select)
		return arena_printf(a, "%s can not be set on this device", rg->field);
	return NULL;
}

static int ppcc_run(struct kern *k, const struct port *p, unsigned int command, char *out, struct err *e)
{
	char slot[64], what[32];
	bool get = command == PPCC_STATUS;
	const char *words[] = {
		"-d", p->rdma.pci, "--yes", "--reg_name", "PPCC", "--indexes", slot, get ? "--get" : "--set",
		get ? "--op" : what, get ? what : NULL, NULL,
	};

	snprintf(slot, sizeof(slot), PPCC_SLOT, p->rdma.port);
	snprintf(what, sizeof(what), "cmd_type=%u", command);
	return tool_run(k, reg_tools, words, out, e);
}

/* "22.37.1014"; each number is compared as one, and 08 is eight. */
static const char *firmware_lacks(const struct reg *rg, const struct port *p, struct arena *a)
{
	unsigned int major = 0, minor = 0;

	if (strcmp(p->rdma.driver, "mlx5_core") != 0 || !p->rdma.pci[0])
		return arena_printf(a, "%s has no such register: the driver is %s", p->name,
				    p->rdma.driver[0] ? p->rdma.driver : "not known");
	if (!rg->major)
		return NULL;
	if (sscanf(p->rdma.firmware, "%u.%u.", &major, &minor) != 2)
		return arena_printf(a, "firmware '%s' is not understood", p->rdma.firmware);
	if (major < rg->major)
		return arena_printf(a, "firmware %s is of an older device: ConnectX-6 Dx (%u.x) or later has it",
				    p->rdma.firmware, rg->major);
	if (minor < rg->minor)
		return arena_printf(a, "firmware %s is too old: release %u or later has it", p->rdma.firmware, rg->minor);
	return NULL;
}

/* ConnectX-6 Dx alone can be configured to the older DCQCN, which knows no other algorithm beside it. */
static const char *legacy_dcqcn(struct kern *k, const struct port *p, char *out, struct arena *a)
{
	const char *words[] = { "-d", p->rdma.pci, "query", "ROCE_CC_LEGACY_DCQCN", NULL };
	struct err e = { 0 };

	if (strncmp(p->rdma.firmware, "22.", 3) != 0)
		return NULL;
	if (tool_run(k, config_tools, words, out, &e) < 0)
		return arena_printf(a, "whether ROCE_CC_LEGACY_DCQCN is False can not be told: %s", e.text);
	const char *at = strstr(out, "ROCE_CC_LEGACY_DCQCN");
	if (at && strncmp(at + 20 + strspn(at + 20, " \t"), "False", 5) == 0)
		return NULL;
	return arena_strdup(a, "ROCE_CC_LEGACY_DCQCN is not False: mstconfig set ROCE_CC_LEGACY_DCQCN=0, then reset the "
			       "device");
}

static const char *rttcc_value(struct kern *k, const struct port *p, char *out, struct arena *a, uint32_t *ret)
{
	const char *why = legacy_dcqcn(k, p, out, a);
	struct err e = { 0 };
	uint32_t dcqcn;

	if (why)
		return why;
	if (ppcc_run(k, p, PPCC_STATUS, out, &e) < 0)
		return arena_strdup(a, e.text);
	if (!field_find(out, "value", &dcqcn))
		return arena_strdup(a, "register PPCC of this firmware tells no status");
	*ret = !dcqcn;
	return NULL;
}

static void seen_put(struct setting_seen *seen, enum setting_id id, const char *why, uint32_t v)
{
	seen[id] = (struct setting_seen){ .why = why };
	if (!why)
		seen[id].value = setting_value(&settings[id], &v);
}

/* One reading of ROCE_ACCL serves all of its settings. */
void accl_read(struct kern *k, struct arena *a, const struct setting *by, const struct port *p, struct setting_seen *seen)
{
	char *out = arena_alloc(a, OUT_BYTES);
	const char *lacks = firmware_lacks(reg_of(by), p, a);
	struct err e = { 0 };

	if (lacks) {
		seen_put(seen, setting_id(by), lacks, 0);
		return;
	}
	int r = accl_get(k, p, out, &e);
	for (const struct reg *rg = regs; rg < regs + ARRAY_LEN(regs); rg++) {
		uint32_t v = 0;
		const char *why = firmware_lacks(rg, p, a);

		if (!rg->field)
			continue;
		if (!why)
			why = r < 0 ? arena_strdup(a, e.text) : accl_value(rg, out, a, &v);
		seen_put(seen, rg->id, why, v);
	}
}

void rttcc_read(struct kern *k, struct arena *a, const struct setting *s, const struct port *p, struct setting_seen *seen)
{
	const char *why = firmware_lacks(reg_of(s), p, a);
	uint32_t v = 0;

	if (!why)
		why = rttcc_value(k, p, arena_alloc(a, OUT_BYTES), a, &v);
	seen_put(seen, setting_id(s), why, v);
}

static int made_check(const struct setting *s, const char *why, uint32_t now, uint32_t want, struct err *e)
{
	if (why)
		return err_set(e, -EIO, "%s: %s", s->name, why);
	if (now != want)
		return err_set(e, -EIO, "%s: the firmware took it without an error and did not do it", s->name);
	return 0;
}

/* The other fields of the register are left as they are: the tool reads it, and writes what it is told. */
int accl_apply(struct kern *k, const struct op *op, const struct value *from, const struct value *to, struct err *e)
{
	const struct reg *rg = reg_of(op->setting);
	const struct port *p = op->port;
	auto_arena a = { 0 };
	char out[OUT_BYTES], what[160];
	const char *words[] = { "-d", p->rdma.pci, "--yes", "--reg_name", "ROCE_ACCL", "--set", what, NULL };
	uint32_t select, now = 0;
	int r = accl_get(k, p, out, e);
	/* the first firmwares with this register had no such fields */
	bool selects = r == 0 && field_find(out, rg->select, &select);

	(void)from;
	snprintf(what, sizeof(what), "%s%s%s=0x%x", selects ? rg->select : "", selects ? "=0x1," : "", rg->field, to->number);
	if (r == 0)
		r = tool_run(k, reg_tools, words, out, e);
	if (r == 0)
		r = accl_get(k, p, out, e);
	if (r < 0)
		return err_prefix(e, op->setting->name);
	const char *why = accl_value(rg, out, &a, &now);
	return made_check(op->setting, why, now, to->number, e);
}

int rttcc_apply(struct kern *k, const struct op *op, const struct value *from, const struct value *to, struct err *e)
{
	auto_arena a = { 0 };
	char out[OUT_BYTES];
	uint32_t now = 0;
	int r = ppcc_run(k, op->port, to->number ? PPCC_DISABLE : PPCC_ENABLE, out, e);

	(void)from;
	if (r < 0)
		return err_prefix(e, op->setting->name);
	const char *why = rttcc_value(k, op->port, out, &a, &now);
	return made_check(op->setting, why, now, to->number, e);
}
