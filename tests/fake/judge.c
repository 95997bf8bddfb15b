/* SPDX-License-Identifier: MIT */
/* Verify without RDMA: the stages that ask the kernel and the wire alone, on a node that a test has made. */
#include "fake/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/txn.h"
#include "fake/kern.h"
#include "fake/must.h"

enum { WAIT_MS = 500 };

static void refuse(const char *text)
{
	fprintf(stderr, "%s\n", text);
	must(!text);
}

void judge_intent(struct judge *j, const char *text)
{
	struct diag d = { .arena = &j->arena };

	j->in = (struct intent){ 0 };
	j->has_intent = true;
	if (intent_read("intent", arena_printf(&j->arena, "version: 1\n%s", text), &j->arena, &j->in, &d) < 0)
		refuse(diag_text(&d));
}

static void node_plan(struct judge *j)
{
	struct diag d = { .arena = &j->arena };

	if (node_read(j->k, &j->arena, &j->node, &j->e) < 0)
		refuse(j->e.text);
	if (!j->has_intent)
		return;
	j->wishes = (struct wishes){ 0 };
	j->remarks = (struct remarks){ 0 };
	if (intent_resolve(&j->in, &j->node, &j->arena, &j->wishes, &j->remarks, &d) < 0)
		refuse(diag_text(&d));
	j->plan = plan_make(&j->wishes, &j->node, &j->arena);
}

void judge_configure(struct judge *j)
{
	const struct txn_options o = { .dir = -1, .command = "configure" };
	struct txn txn;
	unsigned int id;

	node_plan(j);
	if (txn_run(j->k, &j->plan, &o, &j->arena, &txn, &id, &j->e) < 0)
		refuse(j->e.text);
}

void judge_run(struct judge *j, unsigned int stages, struct peer *peers, size_t n)
{
	struct ip *asked = arena_array(&j->arena, struct ip, n + 1);
	struct err e = { 0 };

	node_plan(j);
	for (size_t i = 0; i < n; i++)
		asked[i] = peers[i].asked;
	j->v = (struct verify){
		.kern = j->k, .arena = &j->arena, .node = &j->node, .wishes = j->has_intent ? &j->wishes : NULL,
		.plan = j->has_intent ? &j->plan : NULL, .remarks = &j->remarks, .peers = peers,
		.o = { .peers = asked, .peers_n = n, .stages = stages, .timeout_ms = j->timeout_ms ?: WAIT_MS },
	};
	targets_find(&j->v);
	pairs_find(&j->v);
	for (enum verify_stage s = 0; s < VERIFY_STAGES; s++) {
		if (!verify_wants(&j->v, s))
			continue;
		if (stage_rows[s].gather && stage_rows[s].gather(&j->v, &e) < 0)
			refuse(e.text);
		for (size_t i = 0; i < checks_n; i++)
			if (checks[i].stage == s)
				checks[i].run(&j->v, &checks[i]);
	}
}

const struct result *judge_result(const struct judge *j, const char *check, const char *netdev, const char *subject)
{
	for vec_each(r, &j->v.results)
		if (strcmp(r->check->id, check) == 0 && r->port && strcmp(r->port->link.name, netdev) == 0 &&
		    (!subject || (r->subject && strstr(r->subject, subject))))
			return r;
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *judge_findings(struct judge *j)
{
	struct VEC(const char *) names = { 0 };
	char *text = arena_strdup(&j->arena, "");

	for vec_each(r, &j->v.results)
		if ((r->verdict == VERDICT_FAIL || r->verdict == VERDICT_WARN) && !r->follows)
			*vec_add(&j->arena, &names) = result_name(r);
	if (names.n)
		qsort(names.at, names.n, sizeof(*names.at), by_name);
	for (size_t i = 0; i < names.n; i++)
		if (i == 0 || strcmp(names.at[i], names.at[i - 1]) != 0)
			text = arena_printf(&j->arena, "%s%s%s", text, text[0] ? " " : "", names.at[i]);
	return text;
}

void judge_done(struct judge *j)
{
	arena_done(&j->arena);
	*j = (struct judge){ .k = j->k };
}

struct judge *judge_open(void **state, struct fake *f, int ports)
{
	static struct judge j;

	fake_node(f, (size_t)ports, 0);
	j = (struct judge){ .k = &f->k };
	return *state = &j;
}

int judge_close(void **state)
{
	struct judge *j = *state;

	judge_done(j);
	fake_done(CONTAINER_OF(j->k, struct fake, k));
	return 0;
}
