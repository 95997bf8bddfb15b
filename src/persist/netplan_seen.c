/* SPDX-License-Identifier: MIT */
/* Definitions of others that mean our ports: under which id ours is merged with them, what they add, and what
 * they take. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "persist/netplan.h"
#include "persist/text.h"
#include "persist/upper.h"

/* One id over all files: netplan merges them. first, n: its mentions, in the order of reading. */
struct def {
	const struct mention *first;
	size_t n;
	const char *section, *set_name, *renderer;
	struct place renderer_at;
	struct port_match match;
	bool has_match;
	struct wish_list ports;
};

struct defs VEC(struct def);

/* Everything that the notes are made of. */
struct seen {
	const struct persist_in *in;
	const struct port_lookup *lk;
	struct netplan_files files;
	struct defs defs;
	struct netplan_key *key;
	struct persist_notes *notes;
};

static int by_id(const void *a, const void *b)
{
	const struct mention *x = a, *y = b;
	int r = strcmp(x->id, y->id);
	int file = r ? 0 : strcmp(strrchr(x->at.file, '/'), strrchr(y->at.file, '/'));

	if (r || file)
		return r ? r : file;
	return x->at.line < y->at.line ? -1 : x->at.line > y->at.line;
}

static void def_merge(struct def *d, const struct mention *m)
{
	d->n++;
	d->has_match |= m->has_match;
	if (m->set_name)
		d->set_name = m->set_name;
	if (m->match.name)
		d->match.name = m->match.name;
	if (m->match.mac)
		d->match.mac = m->match.mac;
	if (m->match.driver)
		d->match.driver = m->match.driver;
	if (m->renderer) {
		d->renderer = m->renderer;
		d->renderer_at = m->at;
	}
}

/* By what the ports are met now: a device that netplan renamed has the new name. */
static struct port_match match_now(const struct def *d)
{
	struct port_match m = d->match;

	if (!d->has_match)
		return (struct port_match){ .name = d->first->id };
	if (d->set_name)
		m.name = m.mac ? NULL : d->set_name;
	return m;
}

static void defs_make(struct seen *s)
{
	struct mentions *ms = &s->files.mentions;
	struct def *d = NULL;

	if (ms->n)
		qsort(ms->at, ms->n, sizeof(*ms->at), by_id);
	for vec_each(m, ms) {
		if (!d || strcmp(d->first->id, m->id) != 0) {
			d = vec_add(s->in->arena, &s->defs);
			d->first = m;
			d->section = m->section;
		}
		def_merge(d, m);
	}
	for vec_each(def, &s->defs) {
		struct port_match m = match_now(def);

		port_match_find(&m, s->lk, s->in->arena, &def->ports);
	}
}

static struct netplan_key *key_of(const struct seen *s, const struct wish *w)
{
	return &s->key[w - s->in->wishes->at];
}

/* A definition of this one port alone: ours is merged into it. */
static bool is_its_own(const struct def *d)
{
	struct port_match m = match_now(d);

	return d->ports.n == 1 && port_match_is_exact(&m);
}

/* The first by id counts: systemd-networkd reads what netplan makes of them in this order. */
static void keys_merged(struct seen *s)
{
	for vec_each(d, &s->defs) {
		struct netplan_key *key = is_its_own(d) ? key_of(s, d->ports.at[0]) : NULL;

		if (key && !key->id)
			*key = (struct netplan_key){
				.id = d->first->id, .section = d->section, .merged = true,
				.renderer = d->renderer, .renderer_at = d->renderer_at,
			};
	}
}

static void key_own(struct seen *s, const struct wish *w, struct netplan_key *key)
{
	const uint8_t *b = w->port->link.mac;

	key->section = "ethernets";
	if (!port_identity(s->lk, w, s->in->arena, &key->mac))
		return;
	key->id = w->port->link.name;
	if (key->mac)
		key->id = arena_printf(s->in->arena, "doroce-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3],
				       b[4], b[5]);
}

static void keys_fill(struct seen *s)
{
	for vec_each(w, s->in->wishes) {
		struct netplan_key *key = key_of(s, w);

		if (!key->id)
			key_own(s, w, key);
		if (!key->renderer) {
			key->renderer = s->files.renderer ? s->files.renderer : "networkd";
			key->renderer_at = s->files.renderer_at;
		}
	}
}

/* A VLAN that nobody defines is defined by ours, and so is, if need be, what is below it. */
static void keys_link(struct seen *s)
{
	struct vlan v;

	for vec_each(w, s->in->wishes) {
		struct netplan_key *key = key_of(s, w);
		const struct wish *below;

		if (key->merged || !w->addrs.n || !vlan_of(s->in, w, &v))
			continue;
		below = port_lookup_name(s->lk, v.below->name);
		if (!below)
			continue;
		key->section = "vlans";
		key->vlan_id = v.id;
		key->link = key_of(s, below);
		key_of(s, below)->is_below = true;
	}
}

/* Of what is only below a VLAN of others nothing is written. */
static bool is_written(const struct seen *s, const struct wish *w)
{
	const struct netplan_key *key = key_of(s, w);

	return key->id && (w->addrs.n || w->number[SETTING_MTU].is == OPT_SET ||
			   w->number[SETTING_ACCEPT_RA].is == OPT_SET || key->is_below);
}

/* True when netplan reads the file after ours: what it says of a number counts. */
static bool comes_after(const struct seen *s, const struct mention *m)
{
	return strcmp(strrchr(m->at.file, '/') + 1, netplan_file(s->in)) > 0;
}

static bool is_true(const char *text)
{
	static const char *const words[] = { "true", "on", "yes", "y" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcasecmp(text, words[i]) == 0)
			return true;
	return false;
}

/* What the mention sets that we set, too, to something else; NULL: nothing. */
static const char *contradiction(const struct seen *s, const struct mention *m, const struct wish *w)
{
	const struct opt_u32 *mtu = &w->number[SETTING_MTU], *ra = &w->number[SETTING_ACCEPT_RA];

	if (m->mtu && mtu->is == OPT_SET && strtoul(m->mtu, NULL, 0) != mtu->v)
		return arena_printf(s->in->arena, "mtu: %s instead of %u", m->mtu, mtu->v);
	if (m->accept_ra && ra->is == OPT_SET && is_true(m->accept_ra) != (ra->v != 0))
		return arena_printf(s->in->arena, "accept-ra: %s", m->accept_ra);
	return NULL;
}

/* A mention under our id. */
static void merged_note(const struct seen *s, const struct mention *m, const struct wish *w)
{
	const char *netdev = w->port->link.name, *other = contradiction(s, m, w);

	if (comes_after(s, m) && (other || strcmp(m->section, "ethernets") != 0))
		persist_note_add(s->in, s->notes, w->port, true,
				 "%s:%u: also defines %s%s%s, and is read after %s: take it out there, or give the "
				 "file a name that comes before", m->at.file, m->at.line, netdev,
				 other ? ", with " : "", other ? other : "", netplan_file(s->in));
	else
		persist_note_add(s->in, s->notes, w->port, false, "%s:%u: also defines %s%s%s%s%s", m->at.file,
				 m->at.line, netdev, m->said ? ", and adds " : "", m->said ? m->said : "",
				 other ? "; doroce's file overrules " : "", other ? other : "");
}

/* A mention under another id: of the two, the manager uses one for the port. */
static void rival_note(const struct seen *s, const struct def *d, const struct wish *w)
{
	const struct netplan_key *key = key_of(s, w);
	const struct mention *m = d->first;
	bool fatal = strcmp(key->renderer, "networkd") != 0 || strcmp(d->first->id, key->id) < 0;

	persist_note_add(s->in, s->notes, w->port, fatal, "%s:%u: '%s' also matches %s: %s", m->at.file, m->at.line,
			 m->id, w->port->link.name,
			 fatal ? "it would be used instead of doroce's file: take the port out of its match" :
				 "doroce's file comes first, and of this one nothing is used for the port any more");
}

static void def_notes(const struct seen *s, const struct def *d)
{
	for vec_each(w, &d->ports) {
		const struct netplan_key *key = key_of(s, *w);

		if (!is_written(s, *w))
			continue;
		if (strcmp(key->id, d->first->id) != 0) {
			rival_note(s, d, *w);
			continue;
		}
		for (size_t i = 0; i < d->n; i++)
			merged_note(s, &d->first[i], *w);
	}
}

/* An id that is the name of our port, for a device that is not: merged into it, ours would go there. */
static void strangers_note(const struct seen *s, const struct def *d)
{
	const struct wish *w = d->ports.n ? NULL : port_lookup_name(s->lk, d->first->id);

	if (w && key_of(s, w)->id && strcmp(key_of(s, w)->id, d->first->id) == 0)
		persist_note_add(s->in, s->notes, w->port, true,
				 "%s:%u: '%s' is there the id of another device than %s: give it another id",
				 d->first->at.file, d->first->at.line, d->first->id, w->port->link.name);
}

/* netplan before 1.2 leaves the rules out where NetworkManager is its renderer, and says nothing. */
static void renderer_note(const struct seen *s, const struct wish *w, const struct netplan_key *key)
{
	const char *version = s->in->version;
	bool known = version[strcspn(version, "0123456789")];

	if (known && !version_is_before(version, 1, 2))
		return;
	persist_note_add(s->in, s->notes, w->port, true,
			 "%s:%u: renderer: NetworkManager: netplan before 1.2 (here: %s) drops routing-policy, the "
			 "rules, with it: doroce configure --persist=networkmanager", key->renderer_at.file,
			 key->renderer_at.line, known ? version : "not known");
}

static void renderers_check(const struct seen *s)
{
	for vec_each(w, s->in->wishes) {
		const struct netplan_key *key = key_of(s, w);

		if (!key->id || !w->rules.n || strcmp(key->renderer, "NetworkManager") != 0)
			continue;
		renderer_note(s, w, key);
		return; /* of all ports the same */
	}
}

struct netplan_key *netplan_seen(const struct persist_in *in, const struct port_lookup *lk,
				 struct persist_notes *notes)
{
	struct seen s = {
		.in = in, .lk = lk, .notes = notes, .files = netplan_read(in, notes),
		.key = arena_array(in->arena, struct netplan_key, in->wishes->n ? in->wishes->n : 1),
	};

	defs_make(&s);
	keys_merged(&s);
	keys_fill(&s);
	keys_link(&s);
	for vec_each(d, &s.defs) {
		def_notes(&s, d);
		strangers_note(&s, d);
	}
	renderers_check(&s);
	return s.key;
}
