/* SPDX-License-Identifier: MIT */
/* Verify without RDMA: the stages that ask the kernel and the wire alone, on a node that a test has made. */
#ifndef DOROCE_TESTS_FAKE_JUDGE_H
#define DOROCE_TESTS_FAKE_JUDGE_H

#include "validate/verify.h"

struct fake;

/* k, and where there is one the intent in, are the test's; the rest is read and found anew by judge_run().
 * timeout_ms: how long neighbours are waited for, 0: 500. */
struct judge {
	struct kern *k;
	unsigned int timeout_ms;
	struct arena arena;
	struct err e;
	struct intent in;
	bool has_intent;
	struct node node;
	struct wishes wishes;
	struct remarks remarks;
	struct plan plan;
	struct verify v;
};

/* Take the intent's text ("version: 1" stands before it). A fault ends the test. */
void judge_intent(struct judge *j, const char *text);

/* Configure the node as the intent says, without a journal. */
void judge_configure(struct judge *j);

/* Read the node, plan, and run the checks of the stages (bits), with peers that have told their ports already. */
void judge_run(struct judge *j, unsigned int stages, struct peer *peers, size_t n);

/* The first result of the check about the netdev that fits: subject NULL or a part of it. NULL: there is none. */
const struct result *judge_result(const struct judge *j, const char *check, const char *netdev, const char *subject);

/* Names of all that failed or is warned of without following from something else, sorted, each once: "arp-flux rule-twice".
 * In the arena. */
const char *judge_findings(struct judge *j);

/* As set-up and tear-down of a test: the judge of a node in memory, f, with so many ports, which is *state; the end of both. */
struct judge *judge_open(void **state, struct fake *f, int ports);
int judge_close(void **state);

/* Forget everything but k. */
void judge_done(struct judge *j);

#endif
