/* SPDX-License-Identifier: MIT */
/* ifupdown: stanzas of /etc/network/interfaces and of the files that it sources; and lldpad, for DCB. */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "owner/kinds.h"

/* Reading stanzas. inside: of one of the port. */
struct stanza {
	const struct search *s;
	struct spot at;
	bool inside;
};

static void command_take(const struct stanza *st, const char *says)
{
	static const struct {
		const char *words;
		enum owned kind;
	} rows[] = { { "ip route", OWNED_ROUTE }, { "ip -4 route", OWNED_ROUTE }, { "ip -6 route", OWNED_ROUTE },
		     { "ip rule", OWNED_RULE }, { "ip -4 rule", OWNED_RULE }, { "ip -6 rule", OWNED_RULE } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strstr(says, rows[i].words))
			owner_add(st->s, rows[i].kind, &st->at, says, false, "when the port comes up");
}

static void option_take(const struct stanza *st, const char *word, const char *value, const char *says)
{
	if (strcmp(word, "address") == 0)
		owner_add_address(st->s, &st->at, value);
	else if (strcmp(word, "mtu") == 0)
		owner_add_mtu(st->s, &st->at, value);
	else if (strcmp(word, "gateway") == 0)
		owner_add(st->s, OWNED_ROUTE, &st->at, says, true, "puts a default route into table main");
	else if (fnmatch("*up", word, 0) == 0)
		command_take(st, says);
}

static void line_take(struct stanza *st, const char *line)
{
	static const char *const begins[] = { "iface", "auto", "allow-*", "mapping", "source*", "template" };
	char word[64] = "", name[64] = "", method[64] = "";

	sscanf(line, "%63s %63s %*s %63s", word, name, method);
	for (size_t i = 0; i < ARRAY_LEN(begins); i++)
		if (fnmatch(begins[i], word, 0) == 0)
			st->inside = i == 0 && strcmp(name, st->s->port->link.name) == 0;
	if (!st->inside)
		return;
	if (strcmp(word, "iface") == 0 && strcmp(method, "dhcp") == 0)
		owner_add_address(st->s, &st->at, line);
	else
		option_take(st, word, name, line);
}

static void file_take(const struct search *s, const struct tree_file *f)
{
	struct stanza st = { .s = s, .at = { .owner = "ifupdown", .file = f->path, .unit = "networking.service" } };
	const char *text = f->text;
	char line[512];

	while (text_line(&text, &st.at.line, line, sizeof(line)))
		line_take(&st, text_trim(line));
}

/* True when the main file sources it: by a glob, or by its directory. */
static bool is_sourced(const struct tree_file *main_file, const char *path)
{
	const char *text = main_file->text;
	unsigned int number = 0;
	char line[512], word[64], what[256], glob[300];

	while (text_line(&text, &number, line, sizeof(line))) {
		if (sscanf(line, " %63s %255s", word, what) != 2)
			continue;
		/* relative to the file */
		snprintf(glob, sizeof(glob), "%s%s", what[0] == '/' ? "" : "/etc/network/", what);
		if (strcmp(word, "source") == 0 && fnmatch(glob, path, FNM_PATHNAME) == 0)
			return true;
		if (strcmp(word, "source-directory") == 0 && path_is_in(path, glob, "*"))
			return true;
	}
	return false;
}

void ifupdown_owners(const struct search *s)
{
	const struct tree_file *main_file = tree_file(s->in->tree, "/etc/network/interfaces");

	if (!main_file || (!unit_is_used(s->in->tree, "networking.service") &&
			   !tree_file(s->in->tree, "/run/network/ifstate")))
		return;
	file_take(s, main_file);
	for vec_each(f, s->in->tree)
		if (path_is_in(f->path, "/etc/network/interfaces.d", "*") && is_sourced(main_file, f->path))
			file_take(s, f);
}

/* lldpad keeps what it has once set of a port, and sets it again; as a willing one it takes the switch's. */
void dcb_owners(const struct search *s)
{
	const struct tree_file *f = tree_file(s->in->tree, "/var/lib/lldpad/lldpad.conf");
	struct spot at = { .owner = "lldpad", .unit = "lldpad.service", .file = f ? f->path : NULL };
	const char *text = f ? f->text : "";
	char line[512], name[64];

	if (!unit_is_used(s->in->tree, at.unit))
		return;
	while (text_line(&text, &at.line, line, sizeof(line)))
		if (sscanf(line, " %63[^ \t:=]", name) == 1 && strcmp(name, s->port->link.name) == 0) {
			owner_add(s, OWNED_DCB, &at, text_trim(line), true, "sets PFC, ETS and priorities of the port again");
			return;
		}
	at.line = 0;
	owner_add(s, OWNED_DCB, &at, "runs", true, "may take over PFC, ETS and priorities from the switch (DCBX)");
}
