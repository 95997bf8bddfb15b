/* SPDX-License-Identifier: MIT */
/* A verification for programs. */
#include "validate/report/report.h"

json_t *report_result_json(const struct result *r, struct arena *a)
{
	bool bad = r->verdict == VERDICT_FAIL || r->verdict == VERDICT_WARN;
	const struct {
		const char *key, *text;
	} member[] = {
		{ "check", r->check->id },
		{ "stage", stage_rows[r->check->stage].name },
		{ "verdict", verdict_text(r->verdict) },
		{ "port", r->port ? r->port->name : NULL },
		{ "netdev", r->port ? r->port->link.name : NULL },
		{ "subject", r->subject },
		{ "finding", bad ? result_name(r) : NULL },
		{ "seen", r->seen },
		{ "wanted", bad ? r->wanted : NULL },
		{ "why", bad ? r->why : NULL },
		{ "mend", bad ? r->mend : NULL },
		{ "follows", r->follows },
	};
	json_t *j = json_object();

	for (size_t i = 0; i < ARRAY_LEN(member); i++) {
		const char *text = report_clean(a, member[i].text);

		json_object_set_new(j, member[i].key, text ? json_string(text) : json_null());
	}
	return j;
}

enum verdict report_verdict(const struct verify *v)
{
	if (verify_count(v, VERDICT_FAIL))
		return VERDICT_FAIL;
	/* what did not run has not passed */
	return verify_count(v, VERDICT_PASS) && verify_unable(v) == VERIFY_STAGES ? VERDICT_PASS : VERDICT_NA;
}

json_t *report_json(const struct verify *v)
{
	auto_arena a = { 0 };
	json_t *results = json_array();

	for vec_each(r, &v->results)
		json_array_append_new(results, report_result_json(r, &a));
	return json_pack("{s:i, s:s, s:{s:i, s:i, s:i, s:i}, s:o}", "version", 1, "verdict",
			 verdict_text(report_verdict(v)),
			 "counts", "pass",
			 (int)verify_count(v, VERDICT_PASS), "warn", (int)verify_count(v, VERDICT_WARN),
			 "fail", (int)verify_count(v, VERDICT_FAIL), "na",
			 (int)verify_count(v, VERDICT_NA), "results", results);
}
