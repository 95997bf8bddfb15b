/* SPDX-License-Identifier: MIT */
/* Reads the files of netplan that are there: which devices they define, and what they say of them. */
#include <stdlib.h>
#include <string.h>

#include "intent/doc.h"
#include "persist/netplan.h"
#include "persist/text.h"

/* Where the reader is. renderer: of the section. */
struct walk {
	const struct persist_in *in;
	struct doc *doc;
	struct netplan_files *ret;
	const char *section, *renderer;
};

/* Called for each key of a mapping. */
typedef void pair_fn(struct walk *k, const char *key, yaml_node_t *key_node, yaml_node_t *value, void *to);

static void each_pair(struct walk *k, const yaml_node_t *map, pair_fn *fn, void *to)
{
	if (map->type != YAML_MAPPING_NODE)
		return;
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
		yaml_node_t *key = yaml_document_get_node(&k->doc->tree, p->key);
		yaml_node_t *value = yaml_document_get_node(&k->doc->tree, p->value);

		/* aliases can repeat a part many times over */
		if (doc_text(key) && doc_visit(k->doc, key))
			fn(k, doc_text(key), key, value, to);
	}
}

static const char *text_of(const struct walk *k, const yaml_node_t *n)
{
	return doc_text(n) ? arena_strdup(k->in->arena, doc_text(n)) : NULL;
}

/* Scalars of a list with something between them, NULL when there is none. */
static const char *list_text(const struct walk *k, const yaml_node_t *n, const char *between)
{
	struct text t = { .arena = k->in->arena };

	for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top; i++) {
		yaml_node_t *item = yaml_document_get_node(&k->doc->tree, *i);

		if (doc_text(item))
			text_add(&t, "%s%s", t.n ? between : "", doc_text(item));
	}
	return t.at;
}

static const char *scalar_or_list(const struct walk *k, const yaml_node_t *n, const char *between)
{
	return n->type == YAML_SEQUENCE_NODE ? list_text(k, n, between) : text_of(k, n);
}

static void match_key(struct walk *k, const char *key, yaml_node_t *key_node, yaml_node_t *value, void *to)
{
	struct port_match *m = to;

	(void)key_node;
	if (strcmp(key, "name") == 0)
		m->name = text_of(k, value);
	if (strcmp(key, "macaddress") == 0)
		m->mac = text_of(k, value);
	if (strcmp(key, "driver") == 0)
		m->driver = scalar_or_list(k, value, " ");
}

static void say(const struct walk *k, struct mention *m, const char *key, const yaml_node_t *value)
{
	const char *text = scalar_or_list(k, value, ", ");

	m->said = arena_printf(k->in->arena, "%s%s%s%s%s", m->said ? m->said : "", m->said ? "; " : "", key,
			       text ? ": " : "", text ? text : "");
}

/* One key of a definition. What only names the device adds nothing to it. */
static void def_key(struct walk *k, const char *key, yaml_node_t *key_node, yaml_node_t *value, void *to)
{
	struct mention *m = to;

	(void)key_node;
	if (strcmp(key, "match") == 0) {
		m->has_match = true;
		each_pair(k, value, match_key, &m->match);
	} else if (strcmp(key, "set-name") == 0) {
		m->set_name = text_of(k, value);
	} else if (strcmp(key, "mtu") == 0) {
		m->mtu = text_of(k, value);
	} else if (strcmp(key, "accept-ra") == 0) {
		m->accept_ra = text_of(k, value);
	} else if (strcmp(key, "optional") != 0) {
		say(k, m, key, value);
	}
	if (strcmp(key, "renderer") == 0)
		m->renderer = text_of(k, value);
}

static void section_renderer(struct walk *k, const char *key, yaml_node_t *key_node, yaml_node_t *value,
			     void *to)
{
	(void)key_node;
	(void)to;
	if (strcmp(key, "renderer") == 0)
		k->renderer = text_of(k, value);
}

static void section_key(struct walk *k, const char *key, yaml_node_t *key_node, yaml_node_t *value, void *to)
{
	struct mention m = {
		.id = text_of(k, key_node), .section = k->section, .renderer = k->renderer,
		.at = doc_place(k->doc, key_node),
	};

	(void)to;
	if (strcmp(key, "renderer") == 0 || value->type != YAML_MAPPING_NODE)
		return;
	each_pair(k, value, def_key, &m);
	*vec_add(k->in->arena, &k->ret->mentions) = m;
}

static void network_key(struct walk *k, const char *key, yaml_node_t *key_node, yaml_node_t *value, void *to)
{
	(void)to;
	if (strcmp(key, "renderer") == 0) {
		k->ret->renderer = text_of(k, value);
		k->ret->renderer_at = doc_place(k->doc, key_node);
		return;
	}
	k->section = text_of(k, key_node);
	k->renderer = NULL;
	each_pair(k, value, section_renderer, NULL);
	each_pair(k, value, section_key, NULL);
}

static void root_key(struct walk *k, const char *key, yaml_node_t *key_node, yaml_node_t *value, void *to)
{
	(void)key_node;
	(void)to;
	if (strcmp(key, "network") == 0)
		each_pair(k, value, network_key, NULL);
}

static void fault_note(const struct persist_in *in, const struct diag_item *i, struct persist_notes *notes)
{
	persist_note_add(in, notes, NULL, true, "%s:%u:%u: %s: netplan reads no file while one is wrong: mend it or "
			 "move it away", i->place.file, i->place.line, i->place.column, i->text);
}

static void file_read_one(const struct persist_in *in, const struct file *f, struct netplan_files *ret,
			  struct persist_notes *notes)
{
	struct diag d = { .arena = in->arena, .source = f->text };
	auto_doc doc = { .arena = in->arena, .diag = &d, .file = f->path };
	struct walk k = { .in = in, .doc = &doc, .ret = ret };
	bool loaded = doc_load(&doc, f->text) == 0;
	const yaml_node_t *root = loaded ? doc_root(&doc) : NULL;

	if (root && root->type == YAML_MAPPING_NODE)
		each_pair(&k, root, root_key, NULL);
	else if (root && !doc_is_null(root))
		persist_note_add(in, notes, NULL, true, "%s:1: %s, not a mapping: netplan reads no file while one is "
				 "wrong: mend it or move it away", f->path, doc_kind(root));
	/* of several documents netplan reads the first */
	if (!loaded)
		fault_note(in, &d.item[0], notes);
}

/* /run hides a file of the same name in /etc, this one in /lib */
static int rank(const struct file *f)
{
	if (strncmp(f->path, "/run/", 5) == 0)
		return 0;
	return strncmp(f->path, "/etc/", 5) == 0 ? 1 : 2;
}

static int by_name(const void *a, const void *b)
{
	const struct file *const *x = a, *const *y = b;
	int r = strcmp(file_name(*x), file_name(*y));

	return r ? r : rank(*x) - rank(*y);
}

static void hidden_note(const struct persist_in *in, const struct file *f, struct persist_notes *notes)
{
	if (rank(f) == 0)
		persist_note_add(in, notes, NULL, true, "%s: hides doroce's file of the same name: move it away",
				 f->path);
}

struct netplan_files netplan_read(const struct persist_in *in, struct persist_notes *notes)
{
	size_t n = in->seen->n;
	const struct file **file = arena_array(in->arena, const struct file *, n ? n : 1);
	struct netplan_files ret = { 0 };

	for (size_t i = 0; i < n; i++)
		file[i] = &in->seen->at[i];
	qsort(file, n, sizeof(*file), by_name);
	for (size_t i = 0; i < n; i++)
		if (strcmp(file_name(file[i]), netplan_file(in)) == 0)
			hidden_note(in, file[i], notes);
		else if (persist_is_ours(file[i]))
			continue; /* under the other name: it goes */
		else if (i == 0 || strcmp(file_name(file[i - 1]), file_name(file[i])) != 0)
			file_read_one(in, file[i], &ret, notes);
	return ret;
}
