/* SPDX-License-Identifier: MIT */
/* A verification for programs. */
#include "validate/report/report.h"

static json_t *result_json(const struct result *r)
{
	bool bad = r->verdict == VERDICT_FAIL || r->verdict == VERDICT_WARN;

	return json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s, s:s?, s:s?, s:s?, s:s?}", "check",
			 r->check->id, "stage", stage_rows[r->check->stage].name, "verdict",
			 verdict_text(r->verdict), "port", r->port ? r->port->name : NULL, "netdev",
			 r->port ? r->port->link.name : NULL, "subject", r->subject, "seen", r->seen,
			 "wanted", bad ? r->wanted : NULL, "why", bad ? r->why : NULL, "mend",
			 bad ? r->mend : NULL, "follows", r->follows);
}

json_t *report_json(const struct verify *v)
{
	json_t *results = json_array();

	for vec_each(r, &v->results)
		json_array_append_new(results, result_json(r));
	return json_pack("{s:i, s:s, s:{s:i, s:i, s:i, s:i}, s:o}", "version", 1, "verdict",
			 verify_count(v, VERDICT_FAIL) ? "fail" :
			 verify_count(v, VERDICT_PASS) && verify_unable(v) == VERIFY_STAGES ? "pass" :
											      "n/a",
			 "counts", "pass",
			 (int)verify_count(v, VERDICT_PASS), "warn", (int)verify_count(v, VERDICT_WARN),
			 "fail", (int)verify_count(v, VERDICT_FAIL), "na",
			 (int)verify_count(v, VERDICT_NA), "results", results);
}
