/* SPDX-License-Identifier: MIT */
/* Values under a name: those that come with doroce, and a site's own. */
#include "intent/profile.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/word.h"
#include "intent/parse.h"
#include "intent/schema.h"

static const struct profile nothing = { .name = "none", .summary = "no values" };

static const struct profile_text *text_named(const char *name)
{
	for (const struct profile_text *t = profile_texts; t->name; t++)
		if (strcmp(t->name, name) == 0)
			return t;
	return NULL;
}

/* What was built in is right: tests read every one. */
static const struct profile *built_in(const struct profile_text *t, struct arena *a)
{
	struct diag d = { .arena = a };
	auto_doc doc = { .arena = a, .diag = &d, .file = arena_printf(a, "profile %s", t->name) };
	struct profile *p = arena_new(a, struct profile);
	int r = doc_load(&doc, t->text);

	p->name = t->name;
	if (r == 0)
		r = keys_read(&doc, doc_root(&doc), schema_of_profile(a), p, NULL);
	assert(r == 0 && d.n == 0);
	return p;
}

static const struct profile *own_named(const struct intent *in, const char *name)
{
	for vec_each(p, &in->profiles)
		if (p->name && strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

const struct profile *profile_named(const struct intent *in, const char *name, struct arena *a)
{
	const struct profile *own = own_named(in, name);
	const struct profile_text *t = own ? NULL : text_named(name);

	if (own)
		return own;
	if (t)
		return built_in(t, a);
	return strcmp(name, nothing.name) == 0 ? &nothing : NULL;
}

static int unknown(const struct intent *in, const struct placed_text *p, const char *key, struct arena *a,
		   struct diag *d)
{
	struct VEC(const char *) names = { 0 };

	*vec_add(a, &names) = nothing.name;
	for (const struct profile_text *t = profile_texts; t->name; t++)
		*vec_add(a, &names) = t->name;
	for vec_each(own, &in->profiles)
		if (own->name)
			*vec_add(a, &names) = own->name;
	*vec_add(a, &names) = NULL;
	const char *near = word_nearest(p->v, names.at);
	return diag_add(d, &p->at, "%sthere is no profile '%.*s'%s%s%s (see: doroce explain profile)", key,
			quote_len(p->v), p->v, near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static void own_check(const struct intent *in, const struct profile *p, struct arena *a, struct diag *d)
{
	const struct profile *at[PROFILE_BASES_MAX];

	if (!p->name)
		return;
	if (text_named(p->name) || strcmp(p->name, nothing.name) == 0)
		diag_add(d, &p->at, "profiles: %s comes with doroce: another name is wanted", p->name);
	else if (own_named(in, p->name) != p)
		diag_add(d, &p->at, "profiles: %s is there twice, first in line %u", p->name,
			 own_named(in, p->name)->at.line);
	else if (p->base.v && !profile_named(in, p->base.v, a))
		unknown(in, &p->base, "profiles.base: ", a, d);
	else if (profile_chain(in, p->name, a, at) == PROFILE_BASES_MAX)
		diag_add(d, &p->base.at, "profiles.base: leads back to itself, or through more than %d profiles",
			 PROFILE_BASES_MAX - 1);
}

int profiles_check(const struct intent *in, struct arena *a, struct diag *d)
{
	size_t before = d->n;

	for vec_each(p, &in->profiles)
		own_check(in, p, a, d);
	if (in->profile.v && !profile_named(in, in->profile.v, a))
		unknown(in, &in->profile, in->profile.at.line ? "profile: " : "", a, d);
	return d->n > before ? -EINVAL : 0;
}

size_t profile_chain(const struct intent *in, const char *name, struct arena *a, const struct profile **at)
{
	size_t n = 0;

	for (const struct profile *p = profile_named(in, name, a); p && n < PROFILE_BASES_MAX;
	     p = p->base.v ? profile_named(in, p->base.v, a) : NULL)
		at[n++] = p;
	for (size_t i = 0; i < n / 2; i++) {
		const struct profile *swap = at[i];

		at[i] = at[n - 1 - i];
		at[n - 1 - i] = swap;
	}
	return n;
}
