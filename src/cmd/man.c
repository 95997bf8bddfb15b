/* SPDX-License-Identifier: MIT */
/* The manual page, from the tables that help and explain have. */
#include <string.h>

#include "cmd/explain.h"
#include "intent/profile.h"
#include "persist/persist.h"

/* What roff would take for its own, and the dashes and quotes that it makes pretty. */
static const char *escape_of(char c)
{
	switch (c) {
	case '\\':
		return "\\e";
	case '-':
		return "\\-";
	case '\'':
		return "\\(aq";
	case '`':
		return "\\(ga";
	case '^':
		return "\\(ha";
	case '~':
		return "\\(ti";
	default:
		return NULL;
	}
}

/* The character of UTF-8 as \[u2026]; returns its bytes. */
static size_t rune_put(const char *text)
{
	unsigned char lead = (unsigned char)*text;
	size_t n = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	unsigned int rune = lead & (0x7fu >> n);

	for (size_t i = 1; i < n && text[i]; i++)
		rune = rune << 6 | ((unsigned char)text[i] & 0x3fu);
	printf("\\[u%04X]", rune);
	return strnlen(text, n);
}

/* A line of text as roff shows it unchanged, without its end. */
static void words_put(const char *text, size_t len)
{
	if (len && text[0] == '.')
		fputs("\\&", stdout);
	for (size_t i = 0; i < len;) {
		const char *escape = escape_of(text[i]);

		if ((unsigned char)text[i] >= 0x80) {
			i += rune_put(text + i);
			continue;
		}
		if (escape)
			fputs(escape, stdout);
		else
			putchar(text[i]);
		i++;
	}
}

static void line_put(const char *text)
{
	words_put(text, strlen(text));
	putchar('\n');
}

static void bold_put(const char *text)
{
	fputs("\\fB", stdout);
	words_put(text, strlen(text));
	fputs("\\fR", stdout);
}

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* The help text of a command: lines of usage and indented ones stay lines, all others become paragraphs. */
static void help_put(const struct command *c)
{
	bool usage = starts_with(c->help, c->program ? c->name : "doroce "), line_before = false;
	size_t len;

	for (const char *at = c->help; *at; at += len + (at[len] == '\n')) {
		bool indented = *at == ' ', paragraph = *at == '\n' || starts_with(at, "Exit status");

		len = strcspn(at, "\n");
		if (paragraph && at > c->help)
			puts(".PP");
		else if (indented || line_before)
			puts(".br");
		line_before = (usage && len) || indented;
		if (!len) {
			usage = false;
			continue;
		}
		fputs(indented ? "\\ \\ " : "", stdout);
		words_put(at + strspn(at, " "), len - strspn(at, " "));
		putchar('\n');
	}
}

static void option_put(const struct option_row *row)
{
	char letter[] = { '-', row->letter, '\0' };

	puts(".TP");
	if (row->letter) {
		bold_put(letter);
		fputs(", ", stdout);
	}
	fputs("\\fB\\-\\-", stdout);
	words_put(row->name, strlen(row->name));
	fputs("\\fR", stdout);
	if (row->arg) {
		fputs(row->kind == OPTION_CHOICE ? "[=\\fI" : " \\fI", stdout);
		words_put(row->arg, strlen(row->arg));
		fputs(row->kind == OPTION_CHOICE ? "\\fR]" : "\\fR", stdout);
	}
	putchar('\n');
	line_put(row->help);
}

static void command_put(const struct command *c)
{
	const struct option_row *row;

	fputs(c->program ? ".SS " : ".SS doroce ", stdout);
	line_put(c->name);
	bold_put(c->summary);
	puts("\n.PP");
	help_put(c);
	for (size_t i = 0; (row = option_at(c, i)); i++)
		option_put(row);
}

static void labelled_put(const char *label, const char *text)
{
	if (!text)
		return;
	printf(".br\n%s: ", label);
	line_put(text);
}

static void about_put(const struct about *ab, struct arena *a)
{
	puts(".TP");
	bold_put(ab->name);
	putchar('\n');
	line_put(ab->what);
	labelled_put("Why", ab->why);
	labelled_put("Mend", ab->mend);
	labelled_put("Source", ab->source);
	for vec_each(k, &ab->keys)
		labelled_put("Intent", about_key_text(k, a));
	labelled_put("Note", ab->note);
}

static void kind_put(const struct abouts *all, enum about_kind kind, struct arena *a)
{
	static const char *const titles[] = { "STAGES", "CHECKS", "FINDINGS", "SETTINGS" };

	printf(".SH %s\n", titles[kind]);
	for vec_each(ab, all)
		if (ab->kind == kind)
			about_put(ab, a);
}

static void head_put(void)
{
	puts(".\\\" made by doroce help --man\n"
	     ".TH DOROCE 8 \"2026-11-22\" \"doroce " DOROCE_VERSION "\" \"System Administration\"\n"
	     ".SH NAME\n"
	     "doroce \\- configures and verifies the RoCE ports of this node\n"
	     ".SH SYNOPSIS\n"
	     "\\fBdoroce\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]...\n"
	     ".SH DESCRIPTION\n"
	     "Makes the RoCE ports of a node as an intent file says: addresses, routing by source, ARP, MTU, QoS, and\n"
	     "the files of the network manager. Proves them end to end by rdma_cm connects with payload both ways.\n"
	     ".SH COMMANDS");
}

static void tail_put(void)
{
	puts(".SH EXIT STATUS");
	for (const struct exit_row *r = exit_rows; r->means; r++) {
		printf(".TP\n\\fB%d\\fR\n", r->status);
		line_put(r->means);
	}
	puts(".SH FILES\n.TP\n\\fI/etc/doroce.yaml\\fR\nthe intent\n.TP\n\\fI" PERSIST_BOOT "\\fR\n"
	     "what doroce reapply makes again\n.TP\n\\fI/var/lib/doroce\\fR\njournals of what was changed\n"
	     ".SH SEE ALSO\n.BR rdma (8),\n.BR dcb (8),\n.BR ip (8),\n.BR rdma_cm (7)");
}

void man_print(struct arena *a)
{
	const struct abouts all = abouts_all(a);

	head_put();
	for (const struct command *c = commands; c->name; c++)
		command_put(c);
	for (enum about_kind kind = 0; kind < ABOUT_KINDS; kind++)
		kind_put(&all, kind, a);
	puts(".SH PROFILES\nQoS values by a name: see doroce explain profile.");
	for (const struct profile_text *p = profile_texts; p->name; p++) {
		fputs(p == profile_texts ? "" : ",\n", stdout);
		bold_put(p->name);
	}
	putchar('\n');
	tail_put();
}
