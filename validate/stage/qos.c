/* SPDX-License-Identifier: MIT */
/* Stage qos: the way of RoCE's packets from ToS to PFC is one chain, and nothing on the port contradicts it. */
#include <string.h>

#include "validate/verify.h"

/* What is read of each port beside that which the chain needs. */
static const enum setting_id more_needs[] = { SETTING_DCBX, SETTING_TRAFFIC_CLASS };

static void qos_read(struct verify *v, const struct port *p)
{
	for (size_t i = 0; i < CHAIN_NEEDS; i++)
		setting_read(v->kern, v->arena, v->node, &settings[chain_needs[i]], p);
	for (size_t i = 0; i < ARRAY_LEN(more_needs); i++)
		setting_read(v->kern, v->arena, v->node, &settings[more_needs[i]], p);
}

static void qos_add(struct verify *v, const struct port *p, const struct wish *w)
{
	*vec_add(v->arena, &v->qos) = (struct qos_port){ .port = p, .w = w };
}

void qos_find(struct verify *v)
{
	v->qos.n = 0;
	for (size_t i = 0; v->wishes && i < v->wishes->n; i++)
		qos_add(v, v->wishes->at[i].port, &v->wishes->at[i]);
	for vec_each(p, &v->node->ports) {
		if (!verify_takes(v, p))
			continue;
		struct wish *w = arena_new(v->arena, struct wish);

		w->port = p;
		qos_add(v, p, w);
	}
}

void qos_look(struct verify *v)
{
	const struct wishes none = { 0 };
	const struct wishes *ws = v->wishes ? v->wishes : &none;

	for vec_each(q, &v->qos) {
		qos_read(v, port_base(v->node, q->port));
		q->now = chain_of(ws, q->w, v->node, false, v->arena);
		q->planned = chain_of(ws, q->w, v->node, true, v->arena);
	}
}

int qos_gather(struct verify *v, struct err *e)
{
	(void)e;
	if (!v->counted)
		qos_find(v);
	qos_look(v);
	if (v->counted)
		counters_after(v);
	return 0;
}

/* A number or a list of the port as it is. */
static struct value now_of(const struct verify *v, const struct port *p, enum setting_id id)
{
	const struct setting_seen *seen = setting_seen(&settings[id], v->node, port_base(v->node, p));

	return seen ? seen->value : (struct value){ 0 };
}

/* Why there is no DCB on the port; NULL: there is. */
static const char *without_dcb(const struct verify *v, const struct port *p)
{
	const struct setting_seen *map = setting_seen(&settings[SETTING_DSCP_PRIO], v->node, port_base(v->node, p));
	const struct setting_seen *pfc = setting_seen(&settings[SETTING_PFC], v->node, port_base(v->node, p));

	return map && map->why && pfc && pfc->why ? pfc->why : NULL;
}

static bool qos_is_na(struct verify *v, const struct check *c, const struct qos_port *q)
{
	const char *why = without_dcb(v, q->port);

	if (why)
		result_add(v, c, VERDICT_NA, q->port)->seen = why;
	return why != NULL;
}

/* True when a change of the port's QoS is planned, or one that can not be made. */
static bool is_to_change(const struct verify *v, const struct port *p)
{
	const struct port *below = port_base(v->node, p);

	for (size_t i = 0; v->plan && i < v->plan->ops.n; i++) {
		const struct op *op = &v->plan->ops.at[i];

		if ((op->port == p || op->port == below) &&
		    (op->setting->stage == STAGE_QOS || op->setting->stage == STAGE_RDMA))
			return true;
	}
	for (size_t i = 0; v->plan && i < v->plan->obstacles.n; i++)
		if (v->plan->obstacles.at[i].port == below && !v->plan->obstacles.at[i].advisory)
			return true;
	return false;
}

/* The link is not as it shall be, and what comes behind it neither. Hardware rounds: only where a change is planned. */
static bool differs(const struct verify *v, const struct qos_port *q, enum chain_part part)
{
	const struct chain_link *now = &q->now.link[part], *planned = &q->planned.link[part];

	return planned->state >= CHAIN_HOLDS && strcmp(now->seen, planned->seen) != 0 && is_to_change(v, q->port);
}

static void link_result(struct verify *v, const struct check *c, const struct qos_port *q, enum chain_part part,
			enum verdict verdict)
{
	const struct chain_link *l = &q->now.link[part];
	struct result *r = result_add(v, c, verdict, q->port);

	r->subject = chain_name(part);
	r->seen = l->text;
	r->wanted = l->wanted;
	r->why = chain_why(part);
	r->mend = l->at ? arena_printf(v->arena, "%s:%u: qos of the intent", l->at->file, l->at->line) :
			  (char *)"qos of the intent (doroce explain profile lossless)";
}

static void difference_result(struct verify *v, const struct check *c, const struct qos_port *q, enum chain_part part)
{
	struct result *r = result_add(v, c, VERDICT_FAIL, q->port);

	r->subject = chain_name(part);
	r->seen = q->now.link[part].seen;
	r->wanted = q->planned.link[part].seen;
	r->why = chain_why(part);
	r->mend = "doroce configure";
	r->follows = "settings";
}

/* "tos 106: DSCP 26; trust dscp; DSCP 26 is of priority 3; …" */
static char *chain_text(struct verify *v, const struct chain *c)
{
	char *text = arena_strdup(v->arena, "");

	for (enum chain_part part = 0; part < CHAIN_PARTS; part++)
		if (c->link[part].state != CHAIN_UNKNOWN)
			text = arena_printf(v->arena, "%s%s%s", text, *text ? "; " : "", c->link[part].seen);
	return text;
}

/* The first link that is broken is the cause of all behind it. False: none is. */
static bool broken_told(struct verify *v, const struct check *c, const struct qos_port *q)
{
	for (enum chain_part part = 0; part < CHAIN_PARTS; part++) {
		if (differs(v, q, part)) {
			difference_result(v, c, q, part);
			return true;
		}
		if (q->now.link[part].state == CHAIN_BROKEN) {
			link_result(v, c, q, part, VERDICT_FAIL);
			return true;
		}
	}
	return false;
}

void check_qos_chain(struct verify *v, const struct check *c)
{
	for vec_each(q, &v->qos) {
		size_t before = v->results.n;

		if (qos_is_na(v, c, q))
			continue;
		bool broken = broken_told(v, c, q);

		for (enum chain_part part = 0; part < CHAIN_PARTS && !broken; part++)
			if (q->now.link[part].state == CHAIN_REMARK)
				link_result(v, c, q, part, VERDICT_WARN);
		if (v->results.n > before)
			continue;
		bool known = q->now.prio_known;
		struct result *r = result_add(v, c, known ? VERDICT_PASS : VERDICT_NA, q->port);

		r->seen = known ? chain_text(v, &q->now) : chain_unknown(&q->now);
	}
	if (!v->qos.n)
		result_add(v, c, VERDICT_NA, NULL)->seen = "no RoCE port to verify";
}

static const uint32_t *pfc_of(const struct verify *v, const struct port *p)
{
	struct value pfc = now_of(v, p, SETTING_PFC);

	for (size_t i = 0; pfc.kind == VALUE_LIST && i < pfc.list.n; i++)
		if (pfc.list.at[i] == 1)
			return pfc.list.at;
	return NULL;
}

static bool is_planned(const struct verify *v, const struct port *p, const char *setting)
{
	for (size_t i = 0; v->plan && i < v->plan->ops.n; i++) {
		const struct op *op = &v->plan->ops.at[i];

		if ((op->port == p || op->port == port_base(v->node, p)) && strcmp(op->setting->name, setting) == 0)
			return true;
	}
	return false;
}

/* Of one setting, which stage settings has told of where the plan changes it. */
static struct result *misfit(struct verify *v, const struct check *c, enum verdict verdict, const struct port *p,
			     const char *setting)
{
	struct result *r = result_add(v, c, verdict, p);

	r->subject = setting;
	r->follows = is_planned(v, p, setting) ? "settings" : NULL;
	return r;
}

static void pause_fits(struct verify *v, const struct check *c, const struct port *p, const char *pfc)
{
	struct value pause = now_of(v, p, SETTING_PAUSE);
	char text[VALUE_TEXT];

	if (pause.kind != VALUE_NUMBER || !pause.number)
		return;
	struct result *r = misfit(v, c, VERDICT_FAIL, p, "pause");
	r->seen = arena_printf(v->arena, "global pause %s and PFC on %s", setting_text(&settings[SETTING_PAUSE], &pause, text),
			       pfc);
	r->wanted = "one of the two";
	r->why = settings[SETTING_PAUSE].why;
	r->mend = arena_printf(v->arena, "qos.pause: off in the intent (ethtool -A %s rx off tx off)",
			       port_base(v->node, p)->link.name);
}

static void dcbx_fits(struct verify *v, const struct check *c, const struct port *p, const char *pfc)
{
	struct value dcbx = now_of(v, p, SETTING_DCBX);

	if (dcbx.kind != VALUE_NUMBER || dcbx.number & DCBX_HOST)
		return;
	struct result *r = misfit(v, c, VERDICT_WARN, p, "dcbx");
	r->seen = arena_printf(v->arena, "firmware owns DCBX, and PFC is on %s", pfc);
	r->wanted = "DCBX owned by the host, or a switch that says the same";
	r->why = settings[SETTING_DCBX].why;
	r->mend = arena_printf(v->arena, "qos.dcbx: host in the intent (dcb dcbx set dev %s host ieee)",
			       port_base(v->node, p)->link.name);
}

/* A ToS that ends where no PFC is while another priority has it; where that is wished the chain has told it. */
static void tos_fits(struct verify *v, const struct check *c, const struct qos_port *q, const char *pfc)
{
	const uint32_t *on = pfc_of(v, q->port);
	bool by_tag = strcmp(q->now.link[CHAIN_TRUST].seen, "trust pcp") == 0;

	if (!q->now.prio_known || !q->now.tos || q->now.link[CHAIN_PFC].state == CHAIN_BROKEN ||
	    (on ? on[q->now.prio] == 1 : !by_tag || q->now.in_tag))
		return;
	struct result *r = misfit(v, c, on ? VERDICT_FAIL : VERDICT_WARN, q->port, by_tag ? "trust" : "tos");
	r->seen = arena_printf(v->arena, "tos %u, %s: priority %u; PFC is on %s", q->now.tos, q->now.link[CHAIN_TRUST].seen,
			       q->now.prio, pfc);
	r->wanted = on ? "a ToS of a priority with PFC" : "trust dscp";
	r->why = by_tag ? settings[SETTING_TRUST].why : chain_why(CHAIN_PFC);
	r->mend = by_tag ? "qos.trust: dscp in the intent" : "qos.tos or qos.dscp_prio of the intent";
}

void check_qos_fits(struct verify *v, const struct check *c)
{
	for vec_each(q, &v->qos) {
		struct value pfc = now_of(v, q->port, SETTING_PFC);
		size_t before = v->results.n;
		char text[VALUE_TEXT] = "none";

		if (qos_is_na(v, c, q))
			continue;
		if (pfc_of(v, q->port)) {
			prios_text(&pfc, text);
			pause_fits(v, c, q->port, text);
			dcbx_fits(v, c, q->port, text);
		}
		tos_fits(v, c, q, text);
		if (v->results.n == before)
			result_add(v, c, VERDICT_PASS, q->port)->seen = arena_printf(v->arena, "PFC on %s, nothing against it", text);
	}
}

/* A file of ours, or one that is there and stays, tells an application the class. */
static const char *file_with_class(const struct verify *v)
{
	for (size_t i = 0; v->wishes && i < v->wishes->files.n; i++) {
		const struct file_wish *f = &v->wishes->files.at[i];

		if (f->is == OPT_SET && strstr(f->text, "NCCL_IB_TC="))
			return f->path;
	}
	return NULL;
}

static void class_result(struct verify *v, const struct check *c, const struct qos_port *q)
{
	struct value tc = now_of(v, q->port, SETTING_TRAFFIC_CLASS);
	bool there = tc.kind == VALUE_NUMBER;
	bool same = there && tc.number == q->now.tos;
	const char *file = there ? NULL : file_with_class(v);
	struct result *r = result_add(v, c, same || file ? VERDICT_PASS : VERDICT_WARN, q->port);

	r->subject = "traffic_class";
	if (file)
		r->seen = arena_printf(v->arena, "no traffic_class of the driver; %s tells the applications", file);
	else if (!there)
		r->seen = "no traffic_class: the OFED driver alone has it";
	else
		r->seen = tc.number > 255 ? "not set" : arena_printf(v->arena, "%u", tc.number);
	r->wanted = arena_printf(v->arena, "%u, as rdma_cm's ToS", q->now.tos);
	r->mend = there ? arena_printf(v->arena, "qos.traffic_class: %u in the intent", q->now.tos) :
			  arena_printf(v->arena, "in the applications: NCCL_IB_TC=%u, UCX_IB_TRAFFIC_CLASS=%u (apps: {nccl: auto, ucx: auto})",
				       q->now.tos, q->now.tos);
}

/* Where the class is wished the settings have told it. */
void check_qos_class(struct verify *v, const struct check *c)
{
	for vec_each(q, &v->qos) {
		bool known = q->now.link[CHAIN_DSCP].state != CHAIN_UNKNOWN;

		if (q->port->below[0] || setting_is_wished(&settings[SETTING_TRAFFIC_CLASS], q->w))
			continue;
		if (known && q->now.tos)
			class_result(v, c, q);
		else
			result_add(v, c, VERDICT_NA, q->port)->seen =
				known ? "rdma_cm's ToS is 0: applications need none, either" : q->now.link[CHAIN_DSCP].seen;
	}
}
