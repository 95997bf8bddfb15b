/* SPDX-License-Identifier: MIT */
/* What is wished of one port in all, what follows from it, and what can not be together. */
#include <string.h>

#include "intent/layers.h"

/* Once for each place: many ports may have the same entry. */
static void tell(const struct layers *la, const struct place *at, const char *text)
{
	for (size_t i = 0; i < la->diag->n && i < DIAG_MAX; i++) {
		const struct place *told = &la->diag->item[i].place;

		if (told->file == at->file && told->line == at->line && told->column == at->column)
			return;
	}
	diag_add(la->diag, at, "%s", text);
}

static bool is_qos(const struct setting *s)
{
	return s->read && !s->of_node;
}

static bool has_value(const struct opt_list *l)
{
	for (size_t i = 0; l->is == OPT_SET && i < l->v.n; i++)
		if (l->v.at[i] != LIST_ANY && l->v.at[i] != LIST_UNSAID)
			return true;
	return false;
}

/* Why the setting can not be of the port; NULL: it can. */
static const char *misplaced(const struct setting *s, const struct port *p, struct arena *a)
{
	bool of_vlan = setting_id(s) == SETTING_VLAN_EGRESS;

	if (s->of_node)
		return arena_printf(a, "%s: it is of the node: this belongs to qos at the top of the file", s->key);
	if (!is_qos(s) || of_vlan == (p->below[0] != 0))
		return NULL;
	if (of_vlan)
		return arena_printf(a, "%s: %s is no VLAN", s->key, p->link.name);
	return arena_printf(a, "%s: %s is a VLAN: this belongs to the port below it, %s", s->key, p->link.name, p->below);
}

/* What is for all ports is passed over where it is not of this one; its own entry must fit. */
static void misplaced_drop(const struct layers *la, const struct port_intent *entry, struct wish *w)
{
	for (const struct setting *s = settings; s < settings + SETTING_N; s++) {
		const char *why = misplaced(s, w->port, la->arena);
		enum setting_id id = setting_id(s);

		if (!why)
			continue;
		if (entry != &la->in->defaults && (entry->number[id].is == OPT_SET || has_value(&entry->list[id])))
			tell(la, &entry->said_at[id], why);
		w->number[id] = (struct opt_u32){ 0 };
		w->list[id] = (struct opt_list){ 0 };
	}
}

static bool is_on_somewhere(const struct opt_list *l)
{
	for (size_t i = 0; l->is == OPT_SET && i < l->v.n; i++)
		if (l->v.at[i] == 1)
			return true;
	return false;
}

/* As mlnx_qos does: every DSCP is of the priority that its first three bits are. */
static struct opt_list standard_map(struct arena *a)
{
	uint32_t *at = arena_array(a, uint32_t, DSCPS);

	for (uint32_t i = 0; i < DSCPS; i++)
		at[i] = i / PRIORITIES;
	return (struct opt_list){ .v = { DSCPS, at }, .is = OPT_SET };
}

static void follow_number(struct wish *w, struct said *said, enum setting_id id, uint32_t v, enum setting_id from)
{
	if (said->at[id])
		return;
	w->number[id] = (struct opt_u32){ OPT_SET, v };
	w->follows[id] = true;
	said->where[id] = said->where[from];
}

static void follow(const struct layers *la, struct wish *w, struct said *said)
{
	const struct opt_u32 *trust = &w->number[SETTING_TRUST];
	enum setting_id by = w->list[SETTING_PFC].is == OPT_SET ? SETTING_PFC : SETTING_ETS;

	if (is_on_somewhere(&w->list[SETTING_PFC]))
		follow_number(w, said, SETTING_PAUSE, 0, SETTING_PFC);
	if (w->list[by].is == OPT_SET)
		follow_number(w, said, SETTING_DCBX, 1, by);
	if (trust->is == OPT_SET && trust->v == 1 && !said->at[SETTING_DSCP_PRIO]) {
		w->list[SETTING_DSCP_PRIO] = standard_map(la->arena);
		said->where[SETTING_DSCP_PRIO] = said->where[SETTING_TRUST];
	}
}

static bool maps_a_dscp(const struct opt_list *l)
{
	for (size_t i = 0; l->is == OPT_SET && i < l->v.n; i++)
		if (l->v.at[i] < PRIORITIES)
			return true;
	return false;
}

static void contradictions_tell(const struct layers *la, const struct wish *w)
{
	const struct opt_u32 *trust = &w->number[SETTING_TRUST], *pause = &w->number[SETTING_PAUSE];

	if (trust->is == OPT_SET && trust->v == 0 && maps_a_dscp(&w->list[SETTING_DSCP_PRIO]))
		tell(la, &w->said_at[SETTING_DSCP_PRIO],
		     "qos.dscp_prio: DSCP entries next to trust: pcp: nothing would look at them, and some drivers "
		     "trust DSCP as long as one is there; none is wanted, or trust: dscp");
	if (pause->is == OPT_SET && pause->v != 0 && is_on_somewhere(&w->list[SETTING_PFC]))
		tell(la, &w->said_at[SETTING_PAUSE],
		     "qos.pause: global pause next to PFC: it stops every priority at once, and drivers do not act on "
		     "PFC beside it; off is wanted, or pfc: none");
}

void layers_wish(const struct layers *la, const struct port_intent *entry, struct wish *w)
{
	struct said said = { 0 };

	layers_fold(la, entry, w, &said);
	misplaced_drop(la, entry, w);
	if (!w->port->below[0])
		follow(la, w, &said);
	contradictions_tell(la, w);
}
