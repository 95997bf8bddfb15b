/* SPDX-License-Identifier: MIT */
/* The command line: rows of options, from which parser and help text come. */
#include <string.h>

#include "base/word.h"
#include "cmd/cmd.h"

enum { HELP_COLUMN = 26 };

#define ROW OPTION_ROW

static const struct option_row rows[] = {
	ROW("config", 'c', "FILE", OPTION_TEXT, config,
	    "intent file (/etc/doroce.yaml unless --address is given)"),
	ROW("address", 0, "A/LEN", OPTION_TEXT, intent.address,
	    "first address; every further port takes the next one"),
	ROW("port", 0, "NAME", OPTION_TEXTS, intent.ports,
	    "only this port: rdma device, netdev or PCI address, globs; repeatable"),
	ROW("gateway", 0, "A|none", OPTION_TEXT, intent.gateway, "gateway of the ports"),
	ROW("host", 0, "N", OPTION_TEXT, intent.host, "number of this host, for {host} in the intent's addresses"),
	ROW("flush", 0, NULL, OPTION_FLAG, intent.flush, "take all other addresses off the ports, link-local ones excepted"),
	ROW("mtu", 0, "BYTES", OPTION_TEXT, intent.mtu, "MTU of the ports' netdevs"),
	ROW("profile", 0, "NAME", OPTION_TEXT, intent.profile, "QoS values by a name (see: doroce explain profile)"),
	ROW("tos", 0, "TOS", OPTION_TEXT, intent.tos, "ToS of rdma_cm connects, 0 to 255: four times the DSCP, and ECN bits"),
	ROW("force", 0, "NAME", OPTION_TEXTS, intent.force,
	    "change this port although it carries the default route or your SSH connection"),
	ROW("keep", 0, "ADDRESS", OPTION_TEXTS, keep,
	    "the way to this address or name must stay, or nothing is written or all taken back; repeatable"),
	ROW("no-probe", 0, NULL, OPTION_FLAG, no_probe,
	    "do not ask the wire whether somebody has a new address already (takes 1.1 s)"),
	ROW("verify", 0, NULL, OPTION_FLAG, verify, "verify afterwards"),
	ROW("keep-going", 0, NULL, OPTION_FLAG, keep_going,
	    "keep the changes although verification failed; else they are taken back"),
	ROW("dry-run", 0, NULL, OPTION_FLAG, dry_run, "print what would be done, write nothing"),
	ROW("confirm", 0, "SECONDS", OPTION_TEXT, confirm,
	    "take all back unless `doroce confirm` comes within, counted from the first change"),
	ROW("resume", 0, NULL, OPTION_FLAG, resume, "complete a configure that was begun and not finished"),
	ROW("unconfirmed", 0, NULL, OPTION_FLAG, unconfirmed,
	    "every configure --confirm that has not been confirmed (for the boot unit)"),
	ROW("unless-confirmed", 0, "ID", OPTION_TEXT, unless_confirmed, NULL),
	ROW("after", 0, "SECONDS", OPTION_TEXT, after, NULL),
	ROW("persist", 0, "BACKEND", OPTION_CHOICE, persist,
	    "the network manager's files, too; auto finds the manager, none takes doroce's files away"),
	ROW("no-persist", 0, NULL, OPTION_FLAG, no_persist, "leave files alone, whatever the intent says"),
	ROW("reload", 0, NULL, OPTION_FLAG, reload,
	    "have the network manager read its files at once, as part of the transaction"),
	ROW("parallel", 0, "N", OPTION_TEXT, parallel, "ports whose link may go down at a time (1)"),
	ROW("root", 0, "DIR", OPTION_TEXT, root,
	    "files below DIR are meant, and files alone: a copy of the node with its /sys and /proc, an image"),
	ROW("peer", 0, "ADDRESS", OPTION_TEXTS, peers,
	    "a peer where `doroce serve` runs; one address leads to all of its ports; repeatable"),
	ROW("stage", 0, "NAME", OPTION_TEXTS, stages,
	    "only this stage: settings link switch gid route neighbour loop peer wire qos; repeatable"),
	ROW("timeout", 0, "MS", OPTION_TEXT, timeout_ms, "limit of each connect (10000)"),
	ROW("no-in-host", 0, NULL, OPTION_FLAG, no_in_host, "ports of this node do not connect with each other"),
	ROW("service", 0, "PORT", OPTION_TEXT, service, "port of the responder (18471)"),
	ROW("key-file", 0, "FILE", OPTION_TEXT, key_file,
	    "key of 16 to 1024 bytes that both nodes have: only those that prove it are answered, and believed"),
	ROW("interval", 0, "SECONDS", OPTION_TEXT, interval, "between two looks when no event comes (60)"),
	ROW("foreground", 0, NULL, OPTION_FLAG, foreground,
	    "stay in the foreground; what this version does in any case"),
	ROW("all", 0, NULL, OPTION_FLAG, all, "all there is: results (verify), configures of this boot (revert)"),
	ROW("owners", 0, NULL, OPTION_FLAG, owners, "who else sets what doroce sets: file and line, or unit"),
	ROW("lldp", 0, "SECONDS", OPTION_CHOICE, lldp,
	    "listen for the switch's LLDP frames, at most so long (35); nothing is sent"),
	ROW("man", 0, NULL, OPTION_FLAG, man, "the manual page doroce(8), as roff"),
	ROW("json", 0, NULL, OPTION_FLAG, json, "output for programs"),
	ROW("format", 0, "NAME", OPTION_TEXT, format, "of the report: text, json, junit, prometheus"),
	ROW("output", 0, "FILE", OPTION_TEXT, output, "the report goes there, in one step, and not to stdout"),
	ROW("junit", 0, "FILE", OPTION_TEXT, junit, "JUnit XML goes there, beside the report; - is stdout, in its place"),
	ROW("help", 'h', NULL, OPTION_FLAG, help, "this text"),
};

static bool command_takes(const struct command *c, const struct option_row *row)
{
	bool own = row < rows || row >= rows + ARRAY_LEN(rows);

	if (own || strcmp(row->name, "help") == 0)
		return true;
	for (const char *const *a = c->args; *a; a++)
		if (strcmp(*a, row->name) == 0)
			return true;
	return false;
}

/* Row i of those to be asked for, the command's own first; NULL behind the last. */
static const struct option_row *row_at(const struct command *c, size_t i)
{
	size_t own = 0;

	while (c->rows && c->rows[own].name)
		own++;
	if (i < own)
		return &c->rows[i];
	return i - own < ARRAY_LEN(rows) ? &rows[i - own] : NULL;
}

/* "doroce plan", "nv-mlnxipcfg" */
static const char *name_before(const struct command *c)
{
	return c->program ? "" : "doroce ";
}

static int usage_error(const struct command *c, const char *text, const char *word)
{
	const char *doroce = name_before(c);

	fprintf(stderr, "%s%s: %s '%s' (see: %s%s --help)\n", doroce, c->name, text, word, doroce, c->name);
	return EXIT_USAGE;
}

static int unknown_option(const struct command *c, const char *word)
{
	const char *names[48] = { NULL }, *doroce = name_before(c);
	const struct option_row *row;

	for (size_t i = 0, n = 0; (row = row_at(c, i)) && n + 1 < ARRAY_LEN(names); i++)
		if (command_takes(c, row))
			names[n++] = row->name;
	const char *near = word[1] == '-' ? word_nearest(word + 2, names) : NULL;
	if (!near)
		return usage_error(c, "unknown option", word);
	fprintf(stderr, "%s%s: unknown option '%s': did you mean '--%s'? (see: %s%s --help)\n", doroce, c->name, word,
		near, doroce, c->name);
	return EXIT_USAGE;
}

static void store(struct options *o, const struct option_row *row, const char *value, struct arena *a)
{
	void *p = (char *)o + row->offset;

	if (row->kind == OPTION_FLAG)
		*(bool *)p = true;
	else if (row->kind == OPTION_TEXTS)
		*vec_add(a, (typeof(o->peers) *)p) = value;
	else
		*(const char **)p = value;
}

static const struct option_row *row_named(const struct command *c, const char *name, size_t len)
{
	const struct option_row *row;

	for (size_t i = 0; (row = row_at(c, i)); i++)
		if (command_takes(c, row) && strlen(row->name) == len && strncmp(row->name, name, len) == 0)
			return row;
	return NULL;
}

static const struct option_row *row_lettered(const struct command *c, char letter)
{
	const struct option_row *row;

	for (size_t i = 0; (row = row_at(c, i)); i++)
		if (command_takes(c, row) && row->letter && row->letter == letter)
			return row;
	return NULL;
}

/* Store the option; value: what was written in one word with it, else NULL and the next word counts. *argv is left
 * on the last word used. 0 or EXIT_USAGE. */
static int option_take(const struct command *c, const struct option_row *row, const char *value, char ***argv,
		       struct arena *a, struct options *o)
{
	const char *word = **argv;

	if (row->kind == OPTION_FLAG && value)
		return usage_error(c, "no argument belongs to", word);
	if (row->kind == OPTION_CHOICE && !value)
		value = "";
	if (row->kind != OPTION_FLAG && !value) {
		value = *++*argv;
		if (!value)
			return usage_error(c, "an argument is missing behind", word);
	}
	store(o, row, value, a);
	return 0;
}

/* "-c", "-fr", "-i10.0.0.1/24": letters of flags may stand in one word, and an argument behind its letter. */
static int letters_read(const struct command *c, char ***argv, struct arena *a, struct options *o)
{
	const char *word = **argv;
	int r = 0;

	for (const char *letter = word + 1; r == 0 && *letter; letter++) {
		const struct option_row *row = row_lettered(c, *letter);

		if (!row)
			return unknown_option(c, word);
		if (row->kind != OPTION_FLAG)
			return option_take(c, row, letter[1] ? letter + 1 : NULL, argv, a, o);
		r = option_take(c, row, NULL, argv, a, o);
	}
	return r;
}

/* "--mtu=4200", "--json" */
static int option_read(const struct command *c, char ***argv, struct arena *a, struct options *o)
{
	const char *name = **argv + 2, *eq = strchr(name, '=');
	const struct option_row *row = row_named(c, name, eq ? (size_t)(eq - name) : strlen(name));

	if (!row)
		return unknown_option(c, **argv);
	return option_take(c, row, eq ? eq + 1 : NULL, argv, a, o);
}

int options_read(const struct command *c, char **argv, struct arena *a, struct options *o,
		 char **operand)
{
	bool words_only = false;
	int n = 0;

	for (; *argv; argv++) {
		if (!words_only && strcmp(*argv, "--") == 0) {
			words_only = true;
		} else if (!words_only && (*argv)[0] == '-' && (*argv)[1]) {
			int r = (*argv)[1] == '-' ? option_read(c, &argv, a, o) : letters_read(c, &argv, a, o);

			if (r)
				return r;
		} else if (n < c->operands) {
			operand[n++] = *argv;
		} else {
			return usage_error(c, "nothing is to follow, but there is", *argv);
		}
	}
	if (o->help) {
		help_command(c);
		return EXIT_OK;
	}
	return -1;
}

static void row_help(const struct option_row *row)
{
	char left[48], arg[24] = "";

	if (row->arg)
		snprintf(arg, sizeof(arg), row->kind == OPTION_CHOICE ? "[=%s]" : " %s", row->arg);
	if (row->letter)
		snprintf(left, sizeof(left), "-%c, --%s%s", row->letter, row->name, arg);
	else
		snprintf(left, sizeof(left), "    --%s%s", row->name, arg);
	printf("  %-*s %s\n", HELP_COLUMN, left, row->help);
}

const struct option_row *option_at(const struct command *c, size_t i)
{
	const struct option_row *row;
	size_t n = 0;

	for (size_t k = 0; (row = row_at(c, k)); k++)
		if (row->help && command_takes(c, row) && n++ == i)
			return row;
	return NULL;
}

void help_command(const struct command *c)
{
	const struct option_row *row;

	printf("%s%s: %s\n\n%s\n\noptions:\n", name_before(c), c->name, c->summary, c->help);
	for (size_t i = 0; (row = option_at(c, i)); i++)
		row_help(row);
}
