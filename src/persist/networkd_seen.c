/* SPDX-License-Identifier: MIT */
/* The .network and .netdev files of others: which of our ports they match, and whether before our own; who makes what. */
#include <stdlib.h>
#include <string.h>

#include "persist/networkd.h"
#include "persist/text.h"

/* A file and what its [Match] asks for. line: of the section. */
struct network {
	const struct file *file;
	struct port_match match;
	unsigned int line;
};

/* Keys of [Match] that are known; any other may match. */
static const struct {
	const char *key;
	size_t offset;
} keys[] = {
	{ "Name", offsetof(struct port_match, name) },
	{ "MACAddress", offsetof(struct port_match, mac) },
	{ "PermanentMACAddress", offsetof(struct port_match, mac) },
	{ "Driver", offsetof(struct port_match, driver) },
	{ "Kind", offsetof(struct port_match, kind) },
	{ "Type", offsetof(struct port_match, type) },
	{ "Path", offsetof(struct port_match, path) },
};

static void match_take(struct arena *a, struct network *nw, const struct line *l)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const char **list = (const char **)((char *)&nw->match + keys[i].offset);
		const char *v = line_value(a, l, keys[i].key);

		if (v && *list) /* said twice: both lists count */
			*list = arena_printf(a, "%s %s", *list, v);
		else if (v)
			*list = v;
		nw->match.mac_now |= v && strcmp(keys[i].key, "MACAddress") == 0;
		if (v)
			return;
	}
	nw->match.other = true;
}

static bool is_kind(const struct file *f, const char *suffix)
{
	size_t len = strlen(f->path), n = strlen(suffix);

	return len > n && strcmp(f->path + len - n, suffix) == 0;
}

/* False when the file has no [Match] with something in it: networkd passes it over. */
static bool network_read(struct arena *a, struct network *nw)
{
	struct line l = { 0 };
	bool inside = false, found = false;

	while (line_next(nw->file, &l)) {
		size_t blank = strspn(l.at, " \t\r");

		if (blank >= l.len || strchr("#;", l.at[blank]))
			continue;
		if (l.at[blank] == '[') {
			inside = strncmp(l.at + blank, "[Match]", 7) == 0;
			nw->line = inside && !nw->line ? l.number : nw->line;
		} else if (inside) {
			match_take(a, nw, &l);
			found = true;
		}
	}
	return found;
}

/* /etc hides a file of the same name in /run, this one in /usr/lib */
static int rank(const struct file *f)
{
	if (strncmp(f->path, "/etc/", 5) == 0)
		return 0;
	return strncmp(f->path, "/run/", 5) == 0 ? 1 : 2;
}

static int by_name(const void *a, const void *b)
{
	const struct file *const *x = a, *const *y = b;
	int r = strcmp(file_name(*x), file_name(*y));

	return r ? r : rank(*x) - rank(*y);
}

static void note_before(const struct persist_in *in, const struct network *nw, const struct wish *w,
			struct persist_notes *notes)
{
	bool netplan = strncmp(file_name(nw->file), "10-netplan-", 11) == 0;

	if (nw->match.other)
		persist_note_add(in, notes, w->port, false,
				 "%s:%u: may match %s, too, and comes before doroce's file, which is then "
				 "not read: see networkctl status %s", nw->file->path, nw->line,
				 w->port->link.name, w->port->link.name);
	else
		persist_note_add(in, notes, w->port, true,
				 "%s:%u: matches %s and comes before doroce's file, which is then not read: %s",
				 nw->file->path, nw->line, w->port->link.name,
				 netplan ? "netplan made it: doroce configure --persist=netplan, or take the port "
					   "out of /etc/netplan and run netplan generate" :
					   "take the port out of it, or move it away");
}

static void network_note(const struct persist_in *in, const struct network *nw, const struct wish *w,
			 const char *ours, struct persist_notes *notes)
{
	if (strcmp(file_name(nw->file), strrchr(ours, '/') + 1) < 0)
		note_before(in, nw, w, notes);
	else
		persist_note_add(in, notes, w->port, false,
				 "%s:%u: also matches %s; doroce's file comes first, and of this one nothing "
				 "is used for the port any more", nw->file->path, nw->line, w->port->link.name);
}

static void seen_one(const struct persist_in *in, const struct port_lookup *lk, const struct file *f,
		     const char *const *path, struct persist_notes *notes)
{
	struct network nw = { .file = f };
	struct wish_list hit = { 0 };

	if (persist_is_ours(f) || !is_kind(f, ".network") || !network_read(in->arena, &nw))
		return;
	port_match_find(&nw.match, lk, in->arena, &hit);
	for vec_each(w, &hit)
		if (path[*w - in->wishes->at])
			network_note(in, &nw, *w, path[*w - in->wishes->at], notes);
}

/* By name, so that the first of a name is the one that hides the others. */
static const struct file **sorted(const struct persist_in *in)
{
	size_t n = in->seen->n;
	const struct file **file = arena_array(in->arena, const struct file *, n ? n : 1);

	for (size_t i = 0; i < n; i++)
		file[i] = &in->seen->at[i];
	qsort(file, n, sizeof(*file), by_name);
	return file;
}

static bool is_hidden(const struct file *const *file, size_t i)
{
	return i > 0 && strcmp(file_name(file[i - 1]), file_name(file[i])) == 0;
}

void networkd_seen(const struct persist_in *in, const struct port_lookup *lk, const char *const *path,
		   struct persist_notes *notes)
{
	const struct file **file = sorted(in);

	for (size_t i = 0; i < in->seen->n; i++)
		if (!is_hidden(file, i))
			seen_one(in, lk, file[i], path, notes);
}

const struct file *networkd_file_of(const struct persist_in *in, const struct wish *w)
{
	const struct file **file = sorted(in);
	struct wishes one = { .at = (struct wish *)w, .n = 1 };
	struct persist_in alone = *in;

	alone.wishes = &one;
	struct port_lookup lk = port_lookup_make(&alone);
	for (size_t i = 0; i < in->seen->n; i++) {
		struct network nw = { .file = file[i] };
		struct wish_list hit = { 0 };

		if (is_hidden(file, i) || persist_is_ours(file[i]) || !is_kind(file[i], ".network") ||
		    !network_read(in->arena, &nw))
			continue;
		port_match_find(&nw.match, &lk, in->arena, &hit);
		if (hit.n)
			return file[i];
	}
	return NULL;
}

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += len)
		if ((at == list || strchr(" \t", at[-1])) && (!at[len] || strchr(" \t", at[len])))
			return true;
	return false;
}

static bool adds_vlan(struct arena *a, const struct file *f, const char *netdev)
{
	struct line l = { 0 };

	while (line_next(f, &l)) {
		const char *v = line_value(a, &l, "VLAN");

		if (v && has_word(v, netdev))
			return true;
	}
	return false;
}

bool networkd_has_vlan(const struct persist_in *in, const struct file *f, const char *netdev)
{
	const char *folder = arena_printf(in->arena, "/%s.d/", file_name(f));

	if (adds_vlan(in->arena, f, netdev))
		return true;
	for vec_each(other, in->seen)
		if (strstr(other->path, folder) && adds_vlan(in->arena, other, netdev))
			return true;
	return false;
}

const struct file *networkd_maker(const struct persist_in *in, const char *netdev)
{
	for vec_each(f, in->seen) {
		const char *name = !persist_is_ours(f) && is_kind(f, ".netdev") ?
					   file_value(in->arena, f, "Name", NULL) : NULL;

		if (name && strcmp(name, netdev) == 0)
			return f;
	}
	return NULL;
}
