/* SPDX-License-Identifier: MIT */
/* Results for the tests of reports. */
#ifndef DOROCE_TESTS_UNIT_VALIDATE_RESULTS_H
#define DOROCE_TESTS_UNIT_VALIDATE_RESULTS_H

#include "validate/report/report.h"

static const struct port p0 = { .name = "rxe_0/1", .link = { .ifindex = 10, .name = "p0" } };

/* One result of each kind, in the wrong order for a reader. */
static inline void results_make(struct verify *v, struct arena *a)
{
	const struct check *connect = check_by_id("peer.connect"), *gid = check_by_id("gid."
										      "present");

	*v = (struct verify){ .arena = a };
	*result_add(v, connect, VERDICT_PASS, &p0) = (struct result){
		.check = connect, .verdict = VERDICT_PASS, .port = &p0, .seen = "connected",
		.wanted = "not shown", .why = "not shown", .mend = "not shown",
	};
	*result_add(v, gid, VERDICT_NA, NULL) = (struct result){
		.check = gid, .verdict = VERDICT_NA, .seen = "no device file",
	};
	*result_add(v, connect, VERDICT_FAIL, &p0) = (struct result){
		.check = connect,
		.verdict = VERDICT_FAIL,
		.port = &p0,
		.subject = "10.0.0.2",
		.seen = "unreachable",
		.wanted = "established",
		.why = "not shown",
		.mend = "not shown",
		.follows = "gid.present",
	};
	*result_add(v, gid, VERDICT_WARN, &p0) = (struct result){
		.check = gid, .verdict = VERDICT_WARN, .port = &p0, .seen = "two GIDs",
		.wanted = "one GID", .why = "the second one", .mend = "remove it",
	};
	*result_add(v, gid, VERDICT_FAIL, &p0) = (struct result){
		.check = gid, .verdict = VERDICT_FAIL, .port = &p0, .seen = "no GID",
		.wanted = "a GID", .why = "bind fails", .mend = "set the address",
	};
}

/* Bytes that every format has to do something about: quotes, markup, lines, what is no UTF-8 and no character. */
#define HOSTILE "a\"b\\c\n<d>&]]>\xff\x01\xc3\xa4 \xed\xa0\x80"
#define HOSTILE_CLEAN "a\"b\\c\n<d>&]]>??\xc3\xa4 ???"

/* The same, the first result that failed being about a subject, and telling texts, from outside. */
static inline void results_make_hostile(struct verify *v, struct arena *a)
{
	results_make(v, a);
	v->results.at[2].subject = v->results.at[2].seen = HOSTILE;
}

static const struct report_run run = { .host = "node<1>", .begun = 1700000000, .took_ms = 61007 };

#endif
