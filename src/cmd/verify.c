/* SPDX-License-Identifier: MIT */
/* doroce verify: proves every port end to end. */
#include "cmd/verify.h"

#include <string.h>
#include <unistd.h>

#include "base/word.h"
#include "cmd/json.h"
#include "validate/report/report.h"

int service_option(const struct options *o, uint16_t *ret)
{
	uint32_t v = CM_SERVICE_DEFAULT;
	int r = o->service ? option_number("service", o->service, 1, UINT16_MAX, &v) : EXIT_OK;

	*ret = (uint16_t)v;
	return r;
}

static int stages_option(const struct options *o, unsigned int *ret)
{
	const char *names[VERIFY_STAGES + 1] = { NULL };

	for (size_t i = 0; i < VERIFY_STAGES; i++)
		names[i] = stage_rows[i].name;
	for (size_t i = 0; i < o->stages.n; i++) {
		enum verify_stage s = stage_by_name(o->stages.at[i]);
		const char *near = word_nearest(o->stages.at[i], names);

		if (s == VERIFY_STAGES)
			return complain(EXIT_USAGE, "--stage: unknown stage '%s'%s%s%s", o->stages.at[i],
					near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
		*ret |= 1u << s;
	}
	return EXIT_OK;
}

/* --peer, or the intent's list. */
static int peers_option(const struct options *o, struct session *s, struct verify_options *ret)
{
	size_t n = o->peers.n ? o->peers.n : s->intent.peers.n;
	struct ip *peers = arena_array(s->arena, struct ip, n + 1);

	for (size_t i = 0; i < n && !o->peers.n; i++)
		peers[i] = s->intent.peers.at[i].v;
	for (size_t i = 0; i < o->peers.n; i++) {
		if (ip_parse(o->peers.at[i], &peers[i]) < 0)
			return complain(EXIT_USAGE, "--peer: '%s' is no IP address", o->peers.at[i]);
	}
	ret->peers = peers;
	ret->peers_n = n;
	return EXIT_OK;
}

static int options_of(const struct options *o, struct session *s, struct verify_options *ret)
{
	uint32_t timeout = s->intent.timeout_ms ? s->intent.timeout_ms : TIMEOUT_MS_DEFAULT;
	int r = stages_option(o, &ret->stages);

	if (s->root)
		ret->stages = 1u << VERIFY_SETTINGS;

	if (r == EXIT_OK)
		r = peers_option(o, s, ret);
	if (r == EXIT_OK)
		r = service_option(o, &ret->service);
	if (r == EXIT_OK && o->timeout_ms)
		r = option_number("timeout", o->timeout_ms, 1, 3600000, &timeout);
	ret->timeout_ms = timeout;
	return r;
}

static void on_progress(void *user, const char *stage, size_t done, size_t of)
{
	(void)user;
	if (of)
		fprintf(stderr, "\r\033[K%s %zu/%zu", stage, done, of);
	else
		fprintf(stderr, "\r\033[K%s", stage);
}

int verify_and_report(struct session *s, const struct options *o, json_t *changes)
{
	const struct wishes files = s->root ? wishes_in_files(&s->wishes, s->arena) : s->wishes;
	struct verify v = {
		.kern = s->kern, .arena = s->arena, .node = &s->node,
		.wishes = s->has_intent ? &files : NULL, .plan = s->has_intent ? &s->plan : NULL,
		.remarks = &s->remarks,
	};
	struct report_options ro = { .all = o->all, .colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR") };
	bool progress = isatty(STDERR_FILENO) && !o->json;
	struct err e = { 0 };
	int r = options_of(o, s, &v.o);

	if (r)
		return r;
	v.o.progress = progress ? on_progress : NULL;
	if (verify_run(&v, &e) < 0)
		return complain(EXIT_FAILED, "%s", e.text);
	if (progress)
		fputs("\r\033[K", stderr);
	if (o->json) {
		auto_json *j = report_json(&v);

		if (changes)
			json_object_set(j, "plan", changes);
		json_print(j);
	} else {
		report_text(&v, &ro, stdout);
	}
	if (verify_count(&v, VERDICT_FAIL))
		return EXIT_DIFFERS;
	/* what did not run has not passed */
	return verify_count(&v, VERDICT_PASS) && verify_unable(&v) == VERIFY_STAGES ? EXIT_OK :
										     EXIT_FAILED;
}

int cmd_verify(struct options *o, struct arena *a, char **operand)
{
	auto_session s = { 0 };
	int r = session_open(&s, o, a, false);

	(void)operand;
	return r ? r : verify_and_report(&s, o, NULL);
}
