/* SPDX-License-Identifier: MIT */
/* doroce explain profile: what a profile sets, what follows from it, where its values are from. */
#include <string.h>
#include <unistd.h>

#include "cmd/explain.h"
#include "cmd/json.h"
#include "cmd/session.h"
#include "intent/layers.h"

static const char default_file[] = "/etc/doroce.yaml";

/* What a profile with its bases wishes of a port. */
struct explained {
	const struct profile *profile;
	struct port port;
	struct wish wish;
	struct said said; /* without what only follows */
	const char *source, *summary;
};

int profiles_read(const struct options *o, struct arena *a, struct intent *in)
{
	const char *path = o->config ? o->config : access(default_file, F_OK) == 0 ? default_file : NULL;
	struct diag d = { .arena = a };
	struct err e = { 0 };

	if (!path || intent_read_file(path, a, in, &d, &e) == 0)
		return EXIT_OK;
	if (!d.n)
		return complain(EXIT_USAGE, "%s", e.text);
	fputs(diag_text(&d), stderr);
	return complain(EXIT_USAGE, "the intent has %zu error%s", d.n, d.n == 1 ? "" : "s");
}

static struct explained *explain(const struct intent *in, const char *name, struct arena *a)
{
	const struct profile *chain[PROFILE_BASES_MAX];
	struct intent alone = { .profiles = in->profiles, .profile.v = name };
	struct diag d = { .arena = a };
	const struct layers la = layers_of(&alone, a, &d);
	struct explained *x = arena_new(a, struct explained);
	struct wish fold = { .port = &x->port };

	for (size_t n = profile_chain(in, name, a, chain), i = 0; i < n; i++) {
		x->profile = chain[i];
		x->source = chain[i]->source ? chain[i]->source : x->source;
		x->summary = chain[i]->summary ? chain[i]->summary : x->summary;
	}
	layers_fold(&la, NULL, &fold, &x->said);
	x->wish.port = &x->port;
	layers_wish(&la, &alone.defaults, &x->wish);
	layers_wish_node(&la, &x->wish); /* tcp_ecn stands in both */
	return x;
}

static bool is_shown(const struct setting *s, const struct wish *w)
{
	return s->key && setting_is_wished(s, w);
}

/* The wish as a value: nothing in the places that are not ours. */
static struct value value_shown(const struct setting *s, const struct wish *w, struct arena *a)
{
	uint32_t *none = arena_array(a, uint32_t, s->count + 1);
	const struct value blank = { .kind = VALUE_LIST, .list = { s->count, none } };

	memset(none, 0xff, s->count * sizeof(*none));
	return setting_wanted(s, w, &blank, a);
}

/* "3 on", "0 7 off, 1 2 3 on" */
static const char *switches_text(const struct list *l, struct arena *a)
{
	static const char *const word[] = { "off", "on" };
	const char *text = "";

	for (uint32_t on = 0; on < ARRAY_LEN(word); on++) {
		const char *these = "";

		for (size_t i = 0; i < l->n; i++)
			if (l->at[i] == on)
				these = arena_printf(a, "%s%zu ", these, i);
		if (*these)
			text = arena_printf(a, "%s%s%s%s", text, *text ? ", " : "", these, word[on]);
	}
	return text;
}

static const char *shown_text(const struct setting *s, const struct wish *w, struct arena *a)
{
	struct value v = value_shown(s, w, a);
	char buf[VALUE_TEXT];

	if (setting_id(s) == SETTING_DCBX)
		return s->words[v.number];
	if (s->count && s->max == 1)
		return switches_text(&v.list, a);
	return arena_strdup(a, setting_text(s, &v, buf));
}

static void explained_print(const struct explained *x, struct arena *a)
{
	printf("%s: %s\n", x->profile->name, x->summary ? x->summary : "");
	if (x->profile->base.v)
		printf("  %-*s %s\n", KEY_COLUMN, "base", x->profile->base.v);
	if (x->source)
		printf("  %-*s %s\n", KEY_COLUMN, "source", x->source);
	for (const struct setting *s = settings; s < settings + SETTING_N; s++)
		if (is_shown(s, &x->wish))
			printf("  %-*s %s%s\n", KEY_COLUMN, s->key, shown_text(s, &x->wish, a),
			       x->said.at[setting_id(s)] ? "" : "   (follows)");
}

static json_t *explained_json(const struct explained *x, struct arena *a)
{
	json_t *values = json_object(), *follows = json_object();

	for (const struct setting *s = settings; s < settings + SETTING_N; s++) {
		struct value v = is_shown(s, &x->wish) ? value_shown(s, &x->wish, a) : (struct value){ 0 };

		if (v.kind != VALUE_NONE)
			json_object_set_new(x->said.at[setting_id(s)] ? values : follows, s->key,
					    setting_id(s) == SETTING_DCBX ? json_string(s->words[v.number]) : json_of_value(s, &v));
	}
	return json_pack("{s:s, s:s?, s:s?, s:s?, s:o, s:o}", "name", x->profile->name, "summary", x->summary, "source",
			 x->source, "base", x->profile->base.v, "values", values, "follows", follows);
}

const char *profile_name_at(const struct intent *in, size_t i)
{
	size_t built_in = 0;

	while (profile_texts[built_in].name)
		built_in++;
	if (i < built_in)
		return profile_texts[i].name;
	return i - built_in < in->profiles.n ? in->profiles.at[i - built_in].name : NULL;
}

void profiles_list(const struct intent *in, struct arena *a)
{
	const char *name;

	for (size_t i = 0; (name = profile_name_at(in, i)); i++) {
		const char *summary = explain(in, name, a)->summary;

		printf("%-*s %s\n", KEY_COLUMN, name, summary ? summary : "");
	}
}

json_t *profiles_json(const struct intent *in, struct arena *a)
{
	json_t *all = json_array();
	const char *name;

	for (size_t i = 0; (name = profile_name_at(in, i)); i++)
		json_array_append_new(all, explained_json(explain(in, name, a), a));
	return all;
}

void profile_print(const struct options *o, const struct intent *in, const char *name, struct arena *a)
{
	const struct explained *x = explain(in, name, a);
	auto_json *j = explained_json(x, a);

	if (o->json)
		json_print(j);
	else
		explained_print(x, a);
}
