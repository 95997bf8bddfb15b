/* SPDX-License-Identifier: MIT */
/* What the backends share: text that grows, notes, versions, names, files that are no longer wished. */
#include "persist/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "persist/upper.h"

static void text_room(struct text *t, size_t more)
{
	size_t room = t->room ? t->room : 1024;

	while (room < t->n + more + 1)
		room *= 2;
	if (room == t->room)
		return;
	t->at = arena_grow(t->arena, t->at, t->n, room, 1);
	t->room = room;
}

void text_add(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	text_room(t, (size_t)len);
	va_start(ap, fmt);
	vsnprintf(t->at + t->n, (size_t)len + 1, fmt, ap);
	va_end(ap);
	t->n += (size_t)len;
}

void text_add_rule(struct text *t, const struct rule *ru)
{
	struct prefix src = { .addr = ru->src, .len = ru->src_len };
	char text[PREFIX_TEXT];
	bool host = src.len == 8 * ip_size(src.addr.family);

	text_add(t, "from %s lookup %u priority %u",
		 !src.len ? "all" : host ? ip_text(&src.addr, text) : prefix_text(&src, text),
		 ru->table, ru->priority);
}

void text_add_route(struct text *t, const struct route *rt, const char *netdev)
{
	char text[PREFIX_TEXT];

	text_add(t, "%s", rt->dst.len ? prefix_text(&rt->dst, text) : "default");
	if (rt->gateway.family)
		text_add(t, " via %s", ip_text(&rt->gateway, text));
	text_add(t, " dev %s", netdev);
	if (rt->prefsrc.family)
		text_add(t, " src %s", ip_text(&rt->prefsrc, text));
	text_add(t, " table %u metric %u", rt->table, rt->metric);
}

struct text persist_file(struct arena *a)
{
	struct text t = { .arena = a };

	text_add(&t, "%s\n", PERSIST_MARK);
	return t;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void persist_gone(const struct persist_in *in, struct file_wishes *ret, size_t first,
		  const char *dir, const char *why)
{
	size_t n = ret->n - first;
	const char **kept = arena_array(in->arena, const char *, n ? n : 1);

	for (size_t i = 0; i < n; i++)
		kept[i] = ret->at[first + i].path;
	qsort(kept, n, sizeof(*kept), by_text);
	for vec_each(f, in->seen)
		if (strncmp(f->path, dir, strlen(dir)) == 0 && persist_is_ours(f) &&
		    !bsearch(&f->path, kept, n, sizeof(*kept), by_text))
			*vec_add(in->arena, ret) = (struct file_wish){
				.is = OPT_NONE, .path = f->path, .why = why,
			};
}

void persist_note_add(const struct persist_in *in, struct persist_notes *notes,
		      const struct port *p, bool fatal, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	*vec_add(in->arena, notes) = (struct persist_note){
		.port = p, .fatal = fatal, .text = arena_vprintf(in->arena, fmt, ap),
	};
	va_end(ap);
}

void persist_note_protocol(const struct persist_in *in, struct persist_notes *notes,
			   const char *who)
{
	persist_note_add(in, notes, NULL, false,
			 "%s makes its rules without `proto static`: after a boot doroce verify finds "
			 "them missing and doroce configure adds them once more, which does no harm", who);
}

bool version_is_before(const char *version, unsigned int major, unsigned int minor)
{
	unsigned int a, b;
	size_t skip = strcspn(version, "0123456789"); /* "nmcli tool, version 1.42.4" */

	if (sscanf(version + skip, "%u.%u", &a, &b) != 2)
		return false;
	return a < major || (a == major && b < minor);
}

bool name_is_plain(const char *name, const char *also)
{
	for (const char *c = name; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr(also, *c)))
			return false;
	return true;
}

/* Bytes that follow the first one of a character, -1: it begins none. Overlong forms and surrogates
 * are let through: no driver makes them, and the manager refuses them. */
static int utf8_follow(unsigned char c)
{
	if (c < 0x80)
		return 0;
	if (c >= 0xc2 && c < 0xe0)
		return 1;
	if ((c & 0xf0) == 0xe0)
		return 2;
	return c >= 0xf0 && c < 0xf5 ? 3 : -1;
}

bool name_is_utf8(const char *name)
{
	while (*name) {
		int follow = utf8_follow((unsigned char)*name++);

		if (follow < 0)
			return false;
		for (; follow > 0; follow--)
			if ((*name++ & 0xc0) != 0x80)
				return false;
	}
	return true;
}

static bool ends_in(const char *s, const char *end)
{
	size_t len = strlen(s), n = strlen(end);

	return len >= n && strcmp(s + len - n, end) == 0;
}

bool name_looks_left_over(const char *name)
{
	static const char *const ends[] = {
		"~", ".bak", ".old", ".orig", ".rpmnew", ".rpmorig", ".rpmsave", ".scpmbackup",
	};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (ends_in(name, ends[i]))
			return true;
	return false;
}

/* A VLAN can be made again by its id, as long as we see what is below it. */
static bool is_for_others(const struct link *l)
{
	return link_is_made(l) && !(l->vlan_id && l->lower);
}

bool persist_has_profile(const struct persist_in *in, const struct wish *w,
			 struct persist_notes *notes)
{
	const struct link *l = &w->port->link;

	if (!w->addrs.n && w->number[SETTING_MTU].is == OPT_SET)
		persist_note_add(in, notes, w->port, false,
				 "%s: its MTU %u is not written down: that belongs into the file that gives "
				 "the port its addresses", l->name, w->number[SETTING_MTU].v);
	if (!w->addrs.n)
		return false;
	if (strcmp(l->kind, "bond") == 0)
		return false;
	if (is_for_others(l))
		persist_note_add(in, notes, w->port, true,
				 "%s: is a %s: the file that makes it must hold its addresses and routes, "
				 "too; put them there, or --no-persist", l->name, l->kind);
	return true;
}

bool wish_has_route(const struct wish *w, uint8_t family)
{
	for vec_each(rw, &w->routes)
		if (rw->is == OPT_SET && rw->route.dst.addr.family == family)
			return true;
	return false;
}

bool wish_has_rule(const struct wish *w, uint8_t family)
{
	for vec_each(ru, &w->rules)
		if (ru->family == family)
			return true;
	return false;
}

bool wish_has_addr(const struct wish *w, uint8_t family)
{
	for vec_each(ad, &w->addrs)
		if (ad->prefix.addr.family == family)
			return true;
	return false;
}

bool line_next(const struct file *f, struct line *l)
{
	const char *end = f->text + f->len;
	const char *at = l->at ? l->at + l->len + 1 : f->text;

	if (at >= end)
		return false;
	const char *newline = memchr(at, '\n', (size_t)(end - at));
	*l = (struct line){
		.at = at, .len = (size_t)((newline ? newline : end) - at), .number = l->number + 1,
	};
	return true;
}

const char *line_value(struct arena *a, const struct line *l, const char *key)
{
	size_t n = strlen(key), at = strspn(l->at, " \t");
	const char *end = l->at + l->len, *v;

	if (l->len < at + n || strncmp(l->at + at, key, n) != 0)
		return NULL;
	v = l->at + at + n;
	while (v < end && isblank(*v))
		v++;
	if (v >= end || *v++ != '=')
		return NULL;
	while (v < end && (isblank(*v) || *v == '"' || *v == '\''))
		v++;
	while (end > v && (isspace(end[-1]) || end[-1] == '"' || end[-1] == '\''))
		end--;
	return arena_printf(a, "%.*s", (int)(end - v), v);
}

const char *file_value(struct arena *a, const struct file *f, const char *key, unsigned int *ret_line)
{
	struct line l = { 0 };

	while (line_next(f, &l)) {
		const char *v = line_value(a, &l, key);

		if (v && ret_line)
			*ret_line = l.number;
		if (v)
			return v;
	}
	return NULL;
}

const char *file_name(const struct file *f)
{
	const char *slash = strrchr(f->path, '/');

	return slash ? slash + 1 : f->path;
}

static bool script_wrote_netplan(const struct file *f)
{
	return strstr(f->text, "renderer: networkd") && strstr(f->text, "to: 0.0.0.0/1\n") &&
	       strstr(f->text, "to: 128.0.0.0/1\n") && strstr(f->text, "priority: 32761\n");
}

/* Nothing but its five keys. */
static bool script_wrote_sysctl(struct arena *a, const struct file *f)
{
	static const char *const keys[] = {
		".arp_accept = 1", ".arp_announce = 1", ".arp_filter = 0", ".rp_filter = 2", ".arp_ignore = 1",
	};
	static const char group[] = "net.ipv4.conf.";
	struct line l = { 0 };
	size_t n = 0;

	for (; line_next(f, &l); n += l.len > 0) {
		const char *text = arena_printf(a, "%.*s", (int)l.len, l.at);
		bool known = !l.len;

		for (size_t i = 0; i < ARRAY_LEN(keys) && strncmp(text, group, strlen(group)) == 0; i++)
			known |= ends_in(text, keys[i]);
		if (!known)
			return false;
	}
	return n;
}

bool script_wrote(struct arena *a, const struct file *f)
{
	if (strcmp(f->path, "/etc/netplan/55-nvidia-autoconfig.yaml") == 0)
		return script_wrote_netplan(f);
	if (strcmp(f->path, "/etc/sysctl.d/55-nvidia-arpdefaults.conf") == 0)
		return script_wrote_sysctl(a, f);
	const char *rule = file_value(a, f, "ROUTING_RULE", NULL);
	const char *options = file_value(a, f, "OPTIONS2", NULL);

	if (strncmp(file_name(f), "ifcfg-", 6) == 0)
		return rule && strncmp(rule, "priority 32761 from ", 20) == 0;
	return file_value(a, f, "ADDRESS2", NULL) && options && strstr(options, "table ");
}
