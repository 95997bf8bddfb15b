/* SPDX-License-Identifier: MIT */
/* Verification of one node: the run through the stages. */
#include "validate/verify.h"

#include <errno.h>

bool verify_wants(const struct verify *v, enum verify_stage s)
{
	if (s == VERIFY_SWITCH && !v->o.lldp_s)
		return false;
	return !v->o.stages || v->o.stages & (1u << s);
}

struct result *result_add(struct verify *v, const struct check *c, enum verdict verdict,
			  const struct port *p)
{
	struct result *r = vec_add(v->arena, &v->results);

	*r = (struct result){ .check = c, .verdict = verdict, .port = p, .why = c->why };
	return r;
}

bool result_blocked(struct verify *v, const struct check *c, const struct target *t,
		    const char *subject)
{
	char text[PREFIX_TEXT];

	if (!t->blocked)
		return false;
	struct result *r = result_add(v, c, VERDICT_NA, t->port);
	r->subject = subject;
	r->follows = t->blocked;
	r->seen = arena_printf(v->arena, t->present ? "not run: %s did not pass for %s" :
						      "not run: see %s: the port does not have %s",
			       t->blocked, prefix_text(&t->addr, text));
	return true;
}

enum verify_stage verify_unable(const struct verify *v)
{
	for (enum verify_stage s = 0; s < VERIFY_STAGES; s++)
		if (v->stage_error[s])
			return s;
	return VERIFY_STAGES;
}

size_t verify_count(const struct verify *v, enum verdict verdict)
{
	size_t n = 0;

	for vec_each(r, &v->results)
		n += r->verdict == verdict;
	return n;
}

struct prefix *verify_sources(const struct verify *v, size_t *ret_n)
{
	struct prefix *src = arena_array(v->arena, struct prefix, v->targets.n + 1);

	*ret_n = 0;
	for vec_each(t, &v->targets)
		if (t->present)
			src[(*ret_n)++] = t->addr;
	return src;
}

struct inventory_asking verify_asking(const struct verify *v)
{
	struct inventory_asking how = { .key = v->o.key, .service = v->o.service, .timeout_ms = v->o.timeout_ms };

	how.src = verify_sources(v, &how.src_n);
	return how;
}

static void peers_ask(struct verify *v)
{
	const unsigned int need = 1u << VERIFY_ROUTE | 1u << VERIFY_NEIGHBOUR | 1u << VERIFY_PEER | 1u << VERIFY_WIRE;
	const struct inventory_asking how = verify_asking(v);

	v->peers = arena_array(v->arena, struct peer, v->o.peers_n + 1);
	for (size_t i = 0; i < v->o.peers_n; i++)
		v->peers[i].asked = v->o.peers[i];
	if (v->o.stages && !(v->o.stages & need))
		return;
	if (v->o.progress && v->o.peers_n)
		v->o.progress(v->o.progress_user, "asking peers for their ports", 0, v->o.peers_n);
	for (size_t i = 0; i < v->o.peers_n; i++)
		if (node_has_address(v->node, &v->peers[i].asked))
			v->peers[i].error = "this node itself";
	inventory_ask_all(v->peers, v->o.peers_n, &how, v->arena);
}

static void stage_run(struct verify *v, enum verify_stage s)
{
	const struct stage_row *row = &stage_rows[s];
	struct err e = { 0 };

	if (v->o.progress)
		v->o.progress(v->o.progress_user, row->name, 0, 0);
	int r = row->gather ? row->gather(v, &e) : 0;
	/* without the right to ask neighbours the rest still proves what it says */
	if (r < 0 && !(s == VERIFY_NEIGHBOUR && r == -EPERM))
		v->stage_error[s] = arena_strdup(v->arena, e.text);
	for (size_t i = 0; i < checks_n; i++) {
		if (checks[i].stage != s)
			continue;
		if (r < 0)
			result_add(v, &checks[i], VERDICT_NA, NULL)->seen = arena_strdup(v->arena, e.text);
		else
			checks[i].run(v, &checks[i]);
	}
}

int verify_run(struct verify *v, struct err *e)
{
	(void)e;
	targets_find(v);
	peers_ask(v);
	pairs_find(v);
	for (enum verify_stage s = 0; s < VERIFY_STAGES; s++)
		if (verify_wants(v, s))
			stage_run(v, s);
	return 0;
}
