/* SPDX-License-Identifier: MIT */
/* Stage qos: the broken link is named, halves that contradict each other are, and counters prove the payload's priority. */
#include <stdio.h>
#include <string.h>

#include "fake/site.h"
#include "test.h"
#include "validate/verify.h"

/* Two ports with NICs, ToS 0; text: the intent; verify looks at stage qos alone. */
static struct verify verify_of(struct site *s, const char *text)
{
	s->diag = (struct diag){ .arena = &s->arena };
	assert_int_equal(intent_read("f", arena_printf(&s->arena, "version: 1\n%s", text), &s->arena, &s->in, &s->diag), 0);
	site_plan(s);
	return (struct verify){
		.kern = &s->fake.k, .arena = &s->arena, .node = &s->node, .wishes = &s->wishes, .plan = &s->plan,
		.o.stages = 1u << VERIFY_QOS,
	};
}

static struct site *site_of_nics(void)
{
	struct site *s = site_new(2, 0, NULL);

	site_nics(s);
	for vec_each(n, &s->fake.now.nics)
		n->pause = 0;
	return s;
}

static void run(struct verify *v)
{
	struct err e = { 0 };

	assert_int_equal(verify_run(v, &e), 0);
}

/* The n-th result of the check about the netdev. */
static const struct result *result_of(const struct verify *v, const char *check, const char *netdev, size_t n)
{
	for vec_each(r, &v->results)
		if (strcmp(r->check->id, check) == 0 && r->port && strcmp(r->port->link.name, netdev) == 0 && n-- == 0)
			return r;
	fail_msg("no result %s of %s", check, netdev);
	return NULL;
}

static const char lossless[] = "qos: {tos: 106, trust: dscp, dscp_prio: {26: 3}, pfc: [3], pause: off}\n";

/* p0, p1 as the intent above says. */
static void be_lossless(struct site *s)
{
	for (int i = 0; i < 2; i++) {
		char path[64];

		snprintf(path, sizeof(path), "p%d", i);
		struct fake_nic *n = fake_nic(&s->fake, path);
		n->dcb.dscp_prio[26] = 3;
		n->dcb.trust = TRUST_DSCP;
		n->dcb.pfc[3] = 1;
		snprintf(path, sizeof(path), "rxe_%d/1/default_roce_tos", i);
		strcpy((char *)fake_attr(&s->fake, path), "106");
	}
}

static void a_whole_chain_passes(void **state)
{
	auto_site *s = site_of_nics();

	(void)state;
	be_lossless(s);
	struct verify v = verify_of(s, lossless);
	run(&v);
	const struct result *r = result_of(&v, "qos.chain", "p1", 0);
	assert_int_equal(r->verdict, VERDICT_PASS);
	assert_non_null(strstr(r->seen, "DSCP 26 is of priority 3; priority 3 is in traffic class 3"));
	assert_int_equal(result_of(&v, "qos.fits", "p1", 0)->verdict, VERDICT_PASS);
	assert_int_equal(verify_count(&v, VERDICT_FAIL), 0);
}

static void the_first_broken_link_is_named(void **state)
{
	auto_site *s = site_of_nics();

	(void)state;
	be_lossless(s);
	fake_nic(&s->fake, "p0")->dcb.dscp_prio[26] = 5;
	fake_nic(&s->fake, "p1")->dcb.pfc[3] = 0;
	struct verify v = verify_of(s, lossless);
	run(&v);
	const struct result *prio = result_of(&v, "qos.chain", "p0", 0), *pfc = result_of(&v, "qos.chain", "p1", 0);
	assert_int_equal(prio->verdict, VERDICT_FAIL);
	assert_string_equal(prio->subject, "priority");
	assert_string_equal(prio->seen, "DSCP 26 is of priority 5");
	assert_string_equal(prio->wanted, "DSCP 26 is of priority 3");
	assert_string_equal(prio->follows, "settings");
	assert_string_equal(pfc->subject, "PFC");
	assert_string_equal(pfc->seen, "PFC is on none");
}

static void a_chain_that_the_intent_breaks_stands_for_itself(void **state)
{
	auto_site *s = site_of_nics();

	(void)state;
	be_lossless(s);
	for (size_t i = 0; i < 2; i++) {
		s->fake.now.nics.at[i].dcb.pfc[3] = 0;
		s->fake.now.nics.at[i].dcb.pfc[4] = 1;
	}
	struct verify v = verify_of(s, "qos: {tos: 106, trust: dscp, dscp_prio: {26: 3}, pfc: {3: off, 4: on}, pause: off}\n");
	run(&v);
	const struct result *r = result_of(&v, "qos.chain", "p0", 0);
	assert_int_equal(r->verdict, VERDICT_FAIL);
	assert_string_equal(r->subject, "PFC");
	assert_null(r->follows);
	assert_non_null(strstr(r->mend, "f:2"));
}

static void a_contradiction_that_the_plan_ends_follows_from_it(void **state)
{
	auto_site *s = site_of_nics();

	(void)state;
	be_lossless(s);
	fake_nic(&s->fake, "p0")->pause = PAUSE_RX | PAUSE_TX;
	struct verify v = verify_of(s, lossless);
	run(&v);
	assert_string_equal(result_of(&v, "qos.fits", "p0", 0)->subject, "pause");
	assert_string_equal(result_of(&v, "qos.fits", "p0", 0)->follows, "settings");
}

static void without_an_intent_contradictions_are_named(void **state)
{
	auto_site *s = site_of_nics();

	(void)state;
	be_lossless(s);
	fake_nic(&s->fake, "p0")->pause = PAUSE_RX | PAUSE_TX;
	fake_nic(&s->fake, "p0")->dcb.dcbx = DCBX_LLD_MANAGED;
	fake_nic(&s->fake, "p1")->dcb.dscp_prio[26] = DSCP_UNMAPPED;
	fake_nic(&s->fake, "p1")->dcb.trust = TRUST_PCP;
	struct verify v = verify_of(s, "");
	v.wishes = NULL;
	v.plan = NULL;
	run(&v);
	assert_string_equal(result_of(&v, "qos.fits", "p0", 0)->seen, "global pause on and PFC on 3");
	assert_int_equal(result_of(&v, "qos.fits", "p0", 0)->verdict, VERDICT_FAIL);
	assert_null(result_of(&v, "qos.fits", "p0", 0)->follows);
	assert_int_equal(result_of(&v, "qos.fits", "p0", 1)->verdict, VERDICT_WARN);
	assert_string_equal(result_of(&v, "qos.fits", "p0", 1)->subject, "dcbx");
	assert_string_equal(result_of(&v, "qos.fits", "p1", 0)->seen, "tos 106, trust pcp: priority 0; PFC is on 3");
	assert_string_equal(result_of(&v, "qos.fits", "p1", 0)->subject, "trust");
}

static void a_driver_without_dcb_is_not_applicable(void **state)
{
	auto_site *s = site_new(1, 0, NULL);

	(void)state;
	struct verify v = verify_of(s, "");
	run(&v);
	assert_int_equal(verify_count(&v, VERDICT_NA), v.results.n);
	assert_non_null(strstr(result_of(&v, "qos.chain", "p0", 0)->seen, "has no DCB"));
}

/* As the peer stage leaves it: 8192 B from p0, each way, to one port of the peer. */
struct payload {
	struct target target;
	struct peer peer[1];
	struct peer_port port[1];
	struct pair pair;
};

static void payload_send(struct verify *v, struct payload *p)
{
	p->target.port = v->qos.at[0].port;
	p->port[0] = (struct peer_port){ .name = "rxe_b0/1", .counts_prio = true };
	p->peer[0] = (struct peer){ .host = "b", .port = p->port, .port_n = 1, .error = "not asked again" };
	p->pair = (struct pair){ .target = &p->target, .peer = p->peer, .port = p->port };
	*vec_add(v->arena, &v->probes) = (struct cm_probe){ .cause = CM_OK, .payload_bytes = 8192, .user = &p->pair };
	v->peers = p->peer;
}

/* What comes after the peer stage, with NICs that have counted sent and received bytes as the priority. */
static struct verify counted(struct site *s, struct payload *p, uint32_t prio, uint64_t bytes)
{
	struct verify v = verify_of(s, lossless);
	struct err e = { 0 };

	fake_nic(&s->fake, "p0")->counts = true;
	counters_before(&v);
	payload_send(&v, p);
	fake_nic(&s->fake, "p0")->bytes.tx[prio] += bytes;
	fake_nic(&s->fake, "p0")->bytes.rx[prio] += bytes;
	assert_int_equal(qos_gather(&v, &e), 0);
	return v;
}

static void payload_of_the_wished_priority_passes(void **state)
{
	auto_site *s = site_of_nics();
	struct payload p = { 0 };

	(void)state;
	be_lossless(s);
	struct verify v = counted(s, &p, 3, 8192);
	check_qos_counters(&v, check_by_id("qos.counters"));
	assert_int_equal(result_of(&v, "qos.counters", "p0", 0)->verdict, VERDICT_PASS);
	assert_int_equal(result_of(&v, "qos.counters", "p0", 1)->verdict, VERDICT_PASS);
	/* the peer did not answer again */
	assert_int_equal(result_of(&v, "qos.counters", "p0", 2)->verdict, VERDICT_NA);
	/* nothing went by p1 */
	assert_non_null(strstr(result_of(&v, "qos.counters", "p1", 0)->seen, "no payload"));
}

static void payload_of_another_priority_is_told(void **state)
{
	auto_site *s = site_of_nics();
	struct payload p = { 0 };

	(void)state;
	be_lossless(s);
	struct verify v = counted(s, &p, 0, 8192);
	check_qos_counters(&v, check_by_id("qos.counters"));
	const struct result *r = result_of(&v, "qos.counters", "p0", 0);
	assert_int_equal(r->verdict, VERDICT_FAIL);
	assert_string_equal(r->subject, "sent");
	assert_string_equal(r->seen, "8192 B of priority 0");
	assert_string_equal(r->wanted, "the payload of 8192 B as priority 3");
}

static void the_peers_counters_count(void **state)
{
	auto_site *s = site_of_nics();
	struct payload p = { 0 };
	struct peer_port after;

	(void)state;
	be_lossless(s);
	struct verify v = counted(s, &p, 3, 8192);
	after = p.port[0];
	after.rx_prio_bytes[1] = 9000;
	v.peers_after = &(struct peer){ .port = &after, .port_n = 1 };
	check_qos_counters(&v, check_by_id("qos.counters"));
	const struct result *r = result_of(&v, "qos.counters", "p0", 2);
	assert_int_equal(r->verdict, VERDICT_FAIL);
	assert_string_equal(r->subject, "received by b rxe_b0/1");
	assert_string_equal(r->seen, "9000 B of priority 1");
	after.rx_prio_bytes[3] = 8192;
	v.results.n = 0;
	check_qos_counters(&v, check_by_id("qos.counters"));
	assert_int_equal(result_of(&v, "qos.counters", "p0", 2)->verdict, VERDICT_PASS);
}

static void applications_are_told_of_the_class(void **state)
{
	auto_site *s = site_new(1, 0, NULL);

	(void)state;
	fake_nic_add(&s->fake, "p0");
	fake_attr_add(&s->fake, "rxe_0/1/default_roce_tos", "106");
	struct verify v = verify_of(s, "");
	run(&v);
	const struct result *r = result_of(&v, "qos.class", "p0", 0);
	assert_int_equal(r->verdict, VERDICT_WARN);
	assert_non_null(strstr(r->mend, "NCCL_IB_TC=106"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_chain_passes),
		cmocka_unit_test(the_first_broken_link_is_named),
		cmocka_unit_test(a_chain_that_the_intent_breaks_stands_for_itself),
		cmocka_unit_test(a_contradiction_that_the_plan_ends_follows_from_it),
		cmocka_unit_test(without_an_intent_contradictions_are_named),
		cmocka_unit_test(a_driver_without_dcb_is_not_applicable),
		cmocka_unit_test(payload_of_the_wished_priority_passes),
		cmocka_unit_test(payload_of_another_priority_is_told),
		cmocka_unit_test(the_peers_counters_count),
		cmocka_unit_test(applications_are_told_of_the_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
