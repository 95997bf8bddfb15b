/* SPDX-License-Identifier: MIT */
/* What the tables of stages, checks, findings and settings say of each name, in one form. */
#include <string.h>

#include "cmd/explain.h"
#include "intent/kinds.h"
#include "validate/check.h"

const char *const about_words[ABOUT_KINDS] = { "stage", "check", "finding", "setting" };
const char *const about_plurals[ABOUT_KINDS] = { "stages", "checks", "findings", "settings" };

/* "checks: link.active link.mtu" */
static const char *stage_checks(size_t stage, struct arena *a)
{
	const char *text = "checks:";

	for (size_t i = 0; i < checks_n; i++)
		if (checks[i].stage == stage)
			text = arena_printf(a, "%s %s", text, checks[i].id);
	return text;
}

static struct about about_check(const struct check *c)
{
	return (struct about){
		.kind = ABOUT_CHECK, .name = c->id, .what = c->what, .why = c->why, .mend = c->mend, .source = c->source,
	};
}

static struct about about_finding(const struct finding *f, struct arena *a)
{
	return (struct about){
		.kind = ABOUT_FINDING, .name = f->id, .what = f->what, .why = f->why, .mend = f->mend,
		.source = check_by_id(f->check)->source, .note = arena_printf(a, "found by %s", f->check),
	};
}

static const char *setting_note(const struct setting *s, struct arena *a)
{
	const char *flaps = s->flaps ? arena_printf(a, "when it is written, %s", s->flaps) : NULL;

	if (flaps && s->advisory)
		return arena_printf(a, "RoCE works without it; %s", flaps);
	return s->advisory ? "RoCE works without it" : flaps;
}

static struct about about_setting(const struct setting *s, struct arena *a)
{
	struct about ab = {
		.kind = ABOUT_SETTING, .name = s->name, .key = s->key, .what = s->what, .why = s->why, .source = s->source,
		.note = setting_note(s, a), .keys = setting_keys_of(a, setting_id(s)),
	};
	const char *key = ab.key || !ab.keys.n ? ab.key : ab.keys.at[0].path;

	ab.mend = key ? arena_printf(a, "%s in the intent, then doroce configure", key) :
			"doroce configure: it follows from other keys of the intent";
	return ab;
}

struct abouts abouts_all(struct arena *a)
{
	struct abouts all = { 0 };

	for (size_t i = 0; i < VERIFY_STAGES; i++)
		*vec_add(a, &all) = (struct about){
			.kind = ABOUT_STAGE, .name = stage_rows[i].name, .what = stage_rows[i].proves,
			.note = stage_checks(i, a),
		};
	for (size_t i = 0; i < checks_n; i++)
		*vec_add(a, &all) = about_check(&checks[i]);
	for (size_t i = FINDING_NONE + 1; i < FINDINGS; i++)
		*vec_add(a, &all) = about_finding(&findings[i], a);
	for (size_t i = 0; i < SETTING_N; i++)
		*vec_add(a, &all) = about_setting(&settings[i], a);
	return all;
}

bool about_is(const struct about *ab, const char *word)
{
	if (strcmp(ab->name, word) == 0 || (ab->key && strcmp(ab->key, word) == 0))
		return true;
	for vec_each(k, &ab->keys)
		if (strcmp(k->path, word) == 0)
			return true;
	return false;
}

static bool has_unit(const struct key *k)
{
	return k->range.unit && *k->range.unit;
}

static const char *words_text(const struct key *k, struct arena *a)
{
	const char *text = "";

	for (uint32_t i = k->range.min; i <= k->range.max; i++)
		if (k->words[i])
			text = arena_printf(a, "%s%s%s", text, *text ? ", " : "", k->words[i]);
	return text;
}

const char *about_key_text(const struct key *k, struct arena *a)
{
	if (k->read == kind_prios)
		return arena_printf(a, "%s: on or off, by priority", k->path);
	if (k->words)
		return arena_printf(a, "%s: %s", k->path, words_text(k, a));
	return arena_printf(a, "%s: %u to %u%s%s%s%s", k->path, k->range.min, k->range.max, has_unit(k) ? " " : "",
			    has_unit(k) ? k->range.unit : "", k->range.note ? "; " : "", k->range.note ? k->range.note : "");
}

static json_t *key_json(const struct key *k)
{
	json_t *j = json_pack("{s:s, s:I, s:I}", "key", k->path, "min", (json_int_t)k->range.min, "max",
			      (json_int_t)k->range.max);

	if (has_unit(k))
		json_object_set_new(j, "unit", json_string(k->range.unit));
	if (!k->words)
		return j;
	json_object_set_new(j, "words", json_array());
	for (uint32_t i = k->range.min; i <= k->range.max; i++)
		if (k->words[i])
			json_array_append_new(json_object_get(j, "words"), json_string(k->words[i]));
	return j;
}

json_t *about_json(const struct about *ab)
{
	json_t *j = json_pack("{s:s, s:s?, s:s?, s:s?, s:s?, s:s?}", "name", ab->name, "what", ab->what, "why", ab->why,
			      "mend", ab->mend, "source", ab->source, "note", ab->note);

	if (ab->kind != ABOUT_SETTING)
		return j;
	json_object_set_new(j, "keys", json_array());
	for vec_each(k, &ab->keys)
		json_array_append_new(json_object_get(j, "keys"), key_json(k));
	return j;
}
