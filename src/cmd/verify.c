/* SPDX-License-Identifier: MIT */
/* doroce verify: proves every port end to end. */
#include "cmd/verify.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "apply/journal.h"
#include "base/clock.h"
#include "base/word.h"
#include "cmd/lldp.h"
#include "cmd/report.h"

int service_option(const struct options *o, uint16_t *ret)
{
	uint32_t v = CM_SERVICE_DEFAULT;
	int r = o->service ? option_number("service", o->service, 1, UINT16_MAX, &v) : EXIT_OK;

	*ret = (uint16_t)v;
	return r;
}

int key_option(const struct options *o, const char *intent, struct arena *a, const struct admit_key **ret)
{
	const char *path = o->key_file ? o->key_file : intent;
	struct admit_key *key = arena_new(a, struct admit_key);
	struct err e = { 0 };

	if (path && key_read(path, key, &e) < 0)
		return complain(EXIT_USAGE, "%s", e.text);
	*ret = path ? key : NULL;
	return EXIT_OK;
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

/* --lldp is of the stages that are asked for on the same line; who asks for the stage alone need not say how long. */
static int switch_option(const struct options *o, struct session *s, struct verify_options *ret)
{
	ret->lldp_s = s->intent.lldp_s;
	if (o->lldp && ret->stages)
		ret->stages |= 1u << VERIFY_SWITCH;
	if (!ret->lldp_s && ret->stages & 1u << VERIFY_SWITCH)
		ret->lldp_s = LLDP_LIMIT_S_DEFAULT;
	return lldp_option(o, &ret->lldp_s);
}

static int options_of(const struct options *o, struct session *s, struct verify_options *ret)
{
	uint32_t timeout = s->intent.timeout_ms ? s->intent.timeout_ms : TIMEOUT_MS_DEFAULT;
	int r = stages_option(o, &ret->stages);

	if (r == EXIT_OK)
		r = switch_option(o, s, ret);
	if (s->root)
		ret->stages = 1u << VERIFY_SETTINGS;

	if (r == EXIT_OK)
		r = peers_option(o, s, ret);
	if (r == EXIT_OK)
		r = service_option(o, &ret->service);
	if (r == EXIT_OK)
		r = key_option(o, s->intent.key_file, s->arena, &ret->key);
	if (r == EXIT_OK && o->timeout_ms)
		r = option_number("timeout", o->timeout_ms, 1, 3600000, &timeout);
	ret->timeout_ms = timeout;
	ret->no_in_host = o->no_in_host || s->intent.no_in_host;
	ret->state_dir = JOURNAL_DIR;
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

static const char *host_name(struct arena *a)
{
	char name[HOST_NAME_MAX + 1] = "";

	(void)gethostname(name, sizeof(name) - 1); /* without one the reports have none */
	return arena_strdup(a, name);
}

int verify_of(struct session *s, const struct options *o, struct verify *ret)
{
	struct wishes *wishes = arena_new(s->arena, struct wishes);

	*wishes = s->root ? wishes_in_files(&s->wishes, s->arena) : s->wishes;
	*ret = (struct verify){
		.kern = s->kern, .arena = s->arena, .node = &s->node,
		.wishes = s->has_intent ? wishes : NULL, .plan = s->has_intent ? &s->plan : NULL,
		.remarks = &s->remarks,
	};
	return options_of(o, s, &ret->o);
}

int verify_and_report(struct session *s, const struct options *o, json_t *changes)
{
	struct verify v;
	struct report_run run = { .host = host_name(s->arena), .begun = time(NULL) };
	struct reports to;
	struct err e = { 0 };
	int r = verify_of(s, o, &v);

	if (r == EXIT_OK)
		r = reports_options(o, s->arena, &to);
	if (r)
		return r;
	bool progress = isatty(STDERR_FILENO) && reports_for_people(&to);
	uint64_t begun_ms = clock_now_ms();
	v.o.progress = progress ? on_progress : NULL;
	if (verify_run(&v, &e) < 0)
		return complain(EXIT_FAILED, "%s", e.text);
	run.took_ms = clock_now_ms() - begun_ms;
	if (progress)
		fputs("\r\033[K", stderr);
	r = reports_write(&to, &v, &run, o->all, changes);
	return report_verdict(&v) == VERDICT_FAIL ? EXIT_DIFFERS :
	       report_verdict(&v) == VERDICT_NA   ? EXIT_FAILED :
						    r;
}

int cmd_verify(struct options *o, struct arena *a, char **operand)
{
	auto_session s = { 0 };
	int r = session_open(&s, o, a, false);

	(void)operand;
	return r ? r : verify_and_report(&s, o, NULL);
}
