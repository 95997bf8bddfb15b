/* SPDX-License-Identifier: MIT */
/* doroce explain: what a name means: of a stage, a check, a finding, a setting or a profile. */
#include <string.h>

#include "base/word.h"
#include "cmd/explain.h"
#include "cmd/json.h"
#include "cmd/session.h"
#include "intent/profile.h"

/* What is asked for: one kind or all of them (ABOUT_KINDS), one name or all of them (NULL). */
struct asked {
	enum about_kind kind;
	const char *name;
};

static bool is_asked(const struct asked *q, const struct about *ab)
{
	return (q->kind == ABOUT_KINDS || q->kind == ab->kind) && (!q->name || about_is(ab, q->name));
}

static void line_print(const char *label, const char *text)
{
	if (text)
		printf("  %-*s %s\n", KEY_COLUMN, label, text);
}

static void about_print(const struct about *ab, struct arena *a)
{
	printf("%s (%s): %s\n", ab->name, about_words[ab->kind], ab->what);
	line_print("why", ab->why);
	line_print("mend", ab->mend);
	line_print("source", ab->source);
	for vec_each(k, &ab->keys)
		line_print("intent", about_key_text(k, a));
	line_print("note", ab->note);
}

static void abouts_print(const struct asked *q, struct arena *a)
{
	const struct abouts all = abouts_all(a);

	for vec_each(ab, &all) {
		if (!is_asked(q, ab))
			continue;
		if (q->name)
			about_print(ab, a);
		else
			printf("%-*s %s\n", KEY_COLUMN, ab->name, ab->what);
	}
}

static json_t *abouts_json(const struct asked *q, struct arena *a)
{
	const struct abouts all = abouts_all(a);
	json_t *j = json_pack("{s:i}", "version", 1);

	for (size_t i = 0; i < ABOUT_KINDS; i++)
		if (q->kind == ABOUT_KINDS || q->kind == i)
			json_object_set_new(j, about_plurals[i], json_array());
	for vec_each(ab, &all)
		if (is_asked(q, ab))
			json_array_append_new(json_object_get(j, about_plurals[ab->kind]), about_json(ab));
	return j;
}

static bool is_known(const struct asked *q, struct arena *a)
{
	const struct abouts all = abouts_all(a);

	for vec_each(ab, &all)
		if (is_asked(q, ab))
			return true;
	return false;
}

struct words VEC(const char *);

/* Every name and key of the kind asked for. */
static void about_words_add(const struct asked *q, struct words *l, struct arena *a)
{
	const struct abouts all = abouts_all(a);

	for vec_each(ab, &all) {
		if (q->kind != ABOUT_KINDS && q->kind != ab->kind)
			continue;
		*vec_add(a, l) = ab->name;
		if (ab->key)
			*vec_add(a, l) = ab->key;
		for vec_each(k, &ab->keys)
			*vec_add(a, l) = k->path;
	}
}

static void profile_words_add(const struct intent *in, struct words *l, struct arena *a)
{
	const char *name;

	for (size_t i = 0; (name = profile_name_at(in, i)); i++)
		*vec_add(a, l) = name;
}

/* l: the names that there are. */
static int unknown_name(const char *kind, const char *name, struct words *l, struct arena *a)
{
	*vec_add(a, l) = NULL;
	const char *near = word_nearest(name, l->at);

	return complain(EXIT_USAGE, "there is no %s '%s'%s%s%s (see: doroce explain)", kind, name,
			near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int asked_print(const struct options *o, const struct asked *q, struct arena *a)
{
	if (!o->json) {
		abouts_print(q, a);
		return EXIT_OK;
	}
	auto_json *j = abouts_json(q, a);
	json_print(j);
	return EXIT_OK;
}

static int kind_explain(const struct options *o, const struct asked *q, struct arena *a)
{
	struct words l = { 0 };

	if (is_known(q, a))
		return asked_print(o, q, a);
	about_words_add(q, &l, a);
	return unknown_name(about_words[q->kind], q->name, &l, a);
}

static int profile_explain(const struct options *o, const char *name, struct arena *a)
{
	struct intent in = { 0 };
	struct words l = { 0 };
	int r = profiles_read(o, a, &in);

	if (r != EXIT_OK)
		return r;
	if (name && !profile_named(&in, name, a)) {
		profile_words_add(&in, &l, a);
		return unknown_name("profile", name, &l, a);
	}
	if (name) {
		profile_print(o, &in, name, a);
	} else if (o->json) {
		auto_json *j = json_pack("{s:i, s:o}", "version", 1, "profiles", profiles_json(&in, a));
		json_print(j);
	} else {
		profiles_list(&in, a);
	}
	return EXIT_OK;
}

/* Every name, by its kind. */
static int all_list(const struct options *o, struct arena *a)
{
	struct intent in = { 0 };
	int r = profiles_read(o, a, &in);

	if (r != EXIT_OK)
		return r;
	if (o->json) {
		auto_json *j = abouts_json(&(struct asked){ .kind = ABOUT_KINDS }, a);
		json_object_set_new(j, "profiles", profiles_json(&in, a));
		json_print(j);
		return EXIT_OK;
	}
	for (enum about_kind kind = 0; kind < ABOUT_KINDS; kind++) {
		printf("%s:\n", about_plurals[kind]);
		abouts_print(&(struct asked){ .kind = kind }, a);
		puts("");
	}
	puts("profiles:");
	profiles_list(&in, a);
	return EXIT_OK;
}

/* A name without its kind. A profile is looked for last: that needs the intent file. */
static int name_explain(const struct options *o, const char *name, struct arena *a)
{
	const struct asked q = { ABOUT_KINDS, name };
	struct intent in = { 0 };
	struct words l = { 0 };

	if (is_known(&q, a))
		return asked_print(o, &q, a);
	int r = profiles_read(o, a, &in);
	if (r != EXIT_OK)
		return r;
	if (profile_named(&in, name, a)) {
		profile_print(o, &in, name, a);
		return EXIT_OK;
	}
	about_words_add(&q, &l, a);
	profile_words_add(&in, &l, a);
	return unknown_name("stage, check, finding, setting or profile", name, &l, a);
}

int cmd_explain(struct options *o, struct arena *a, char **operand)
{
	if (!operand[0])
		return all_list(o, a);
	if (strcmp(operand[0], "profile") == 0)
		return profile_explain(o, operand[1], a);
	for (enum about_kind kind = 0; kind < ABOUT_KINDS; kind++)
		if (strcmp(operand[0], about_words[kind]) == 0)
			return kind_explain(o, &(struct asked){ kind, operand[1] }, a);
	if (operand[1])
		return complain(EXIT_USAGE, "'%s' is no kind of names: stage, check, finding, setting and profile are", operand[0]);
	return name_explain(o, operand[0], a);
}
