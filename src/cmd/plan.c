/* SPDX-License-Identifier: MIT */
/* doroce plan: what configure would change. */
#include "cmd/json.h"
#include "cmd/plan_print.h"
#include "cmd/session.h"

int cmd_plan(struct options *o, struct arena *a, char **operand)
{
	auto_session s = { 0 };
	int r = session_open(&s, o, a, true);

	(void)operand;
	if (r)
		return r;
	if (o->json) {
		auto_json *j = json_of_plan(&s.plan, &s.remarks);

		json_print(j);
	} else {
		plan_print(&s.plan, &s.node, &s.remarks, false);
	}
	return plan_is_empty(&s.plan) ? EXIT_OK : EXIT_DIFFERS;
}
