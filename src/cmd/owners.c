/* SPDX-License-Identifier: MIT */
/* doroce show --owners: who else sets what doroce sets. */
#include "cmd/owners.h"

#include <string.h>

#include "cmd/json.h"
#include "cmd/session.h"
#include "kern/tree.h"
#include "owner/owner.h"
#include "persist/detect.h"

/* All that is shown. */
struct view {
	struct session *s;
	struct tree traces, tree; /* of the managers; of the owners */
	struct owners owners;
};

static bool is_shown(const struct node *n, const struct port *p)
{
	return port_is_roce(p) && port_is_first_on_netdev(n, p);
}

/* "/etc/sysctl.conf:3", else the unit. */
static const char *place_text(const struct owner *ow, struct arena *a)
{
	if (!ow->file)
		return ow->unit;
	return ow->line ? arena_printf(a, "%s:%u", ow->file, ow->line) : ow->file;
}

static void widths(const struct view *v, const struct port *p, int *name, int *place)
{
	for vec_each(ow, &v->owners) {
		int n = (int)strlen(ow->name), m = (int)strlen(place_text(ow, v->s->arena));

		if (ow->port != p)
			continue;
		*name = n > *name ? n : *name;
		*place = m > *place ? m : *place;
	}
}

static void port_print(const struct view *v, const struct port *p)
{
	struct port_manager pm = port_manager(&v->traces, &p->link, v->s->arena);
	int name = 0, place = 0;

	widths(v, p, &name, &place);
	printf("%s %s, run by %s\n", p->name, p->link.name, pm.why);
	for vec_each(ow, &v->owners)
		if (ow->port == p)
			printf("%s %-*s  %-*s  %s: %s; %s\n", ow->contradicts ? " !" : "  ", name, ow->name, place,
			       place_text(ow, v->s->arena), ow->owner, ow->says, ow->text);
	if (!name)
		puts("   nobody else sets anything of it");
}

static void text_print(const struct view *v)
{
	size_t wrong = 0;

	for vec_each(p, &v->s->node.ports)
		if (is_shown(&v->s->node, p))
			port_print(v, p);
	for vec_each(ow, &v->owners)
		wrong += ow->contradicts;
	for vec_each(f, &v->tree)
		if (f->unread)
			printf("not read: %s\n", f->path);
	printf("%zu place%s, %zu of them not as %s\n", v->owners.n, v->owners.n == 1 ? "" : "s", wrong,
	       v->s->has_intent ? "the intent wishes" : "it is now");
}

static json_t *owner_json(const struct owner *ow)
{
	return json_pack("{s:s, s:s, s:s?, s:o, s:s, s:s, s:s, s:b}", "setting", ow->name, "owner", ow->owner, "file",
			 ow->file, "line", ow->line ? json_integer(ow->line) : json_null(), "unit", ow->unit, "says",
			 ow->says, "text", ow->text, "contradicts", ow->contradicts);
}

static json_t *port_json(const struct view *v, const struct port *p)
{
	struct port_manager pm = port_manager(&v->traces, &p->link, v->s->arena);
	json_t *list = json_array(), *j = json_of_port_name(p);

	for vec_each(ow, &v->owners)
		if (ow->port == p)
			json_array_append_new(list, owner_json(ow));
	json_object_set_new(j, "manager", json_pack("{s:s?, s:s?, s:s}", "name", pm.manager, "backend", pm.backend,
						    "why", pm.why));
	json_object_set_new(j, "owners", list);
	return j;
}

static void json_show(const struct view *v)
{
	json_t *ports = json_array(), *unread = json_array();

	for vec_each(p, &v->s->node.ports)
		if (is_shown(&v->s->node, p))
			json_array_append_new(ports, port_json(v, p));
	for vec_each(f, &v->tree)
		if (f->unread)
			json_array_append_new(unread, json_string(f->path));
	auto_json *j = json_pack("{s:i, s:b, s:o, s:o}", "version", 1, "against_intent", v->s->has_intent, "ports",
				 ports, "unread", unread);
	json_print(j);
}

int owners_show(const struct options *o, struct arena *a)
{
	struct options look = *o;
	auto_session s = { 0 };
	struct view v = { .s = &s };

	look.no_persist = true; /* which files doroce would write is no matter here */
	int r = session_open(&s, &look, a, false);
	if (r != EXIT_OK)
		return r;
	tree_read(o->root ? o->root : "", detect_reads, a, &v.traces);
	tree_read(o->root ? o->root : "", owner_reads, a, &v.tree);
	owners_find(&(struct owner_in){ .arena = a, .tree = &v.tree, .node = &s.node, .wishes = &s.wishes }, &v.owners);
	(o->json ? json_show : text_print)(&v);
	return EXIT_OK;
}
