/* SPDX-License-Identifier: MIT */
/* Commands: their table, their options, what they share. Only here is anything printed. */
#ifndef DOROCE_CMD_CMD_H
#define DOROCE_CMD_CMD_H

#include <stdio.h>

#include "intent/intent.h"

/* Exit status of every command. */
enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_DIFFERS = 3 };

struct session;

/* Those of doRoCE alone. */
struct doroce_options {
	const char *gid_index;
	bool run_once, uninstall, lossless, lossy, rttcc, selective_repeat, back, yes, no, debug;
};

/* What the command line says, over all commands.
 * review: asked when the plan is made; anything but EXIT_OK ends the run before the first change; NULL: nobody.
 * preset: what a command adds to the intent, when the node is read and before anything is worked out; NULL: nothing.
 * program: a script under whose name doroce runs, for the names of its files; with revert only its journals are
 * meant. NULL: doroce. */
struct options {
	const char *config; /* -c; NULL: not given */
	struct intent_options intent;
	struct VEC(const char *) peers, stages, keep;
	const char *persist, *timeout_ms, *service, *root;
	const char *lldp; /* seconds; "": the default */
	const char *confirm, *unless_confirmed, *after; /* seconds, a journal's number, seconds */
	const char *line; /* the command line as it was given, for the journal */
	const char *devices, *program, *parallel;
	const char *key_file, *interval;
	const char *format, *output, *junit; /* of verify's report; files, "-" is stdout */
	int (*preset)(struct session *s, const struct options *o, struct diag *d);
	int (*review)(struct session *s, const struct options *o);
	struct doroce_options doroce;
	bool keep_going, resume, unconfirmed, reload;
	bool wait; /* for the lock, if another command holds it */
	bool json, dry_run, verify, no_persist, no_probe, foreground, help, man, all, owners;
	bool remove, verbose, no_in_host;
};

enum option_kind {
	OPTION_FLAG,   /* bool */
	OPTION_TEXT,   /* const char * */
	OPTION_TEXTS,  /* vector of const char *, repeatable */
	OPTION_CHOICE, /* const char *, its argument may be left out: "" */
};

/* One option: parser and help text come from the row. */
struct option_row {
	const char *name; /* without the dashes */
	char letter;      /* 0: none */
	const char *arg;  /* name of the argument in the help text, NULL: none */
	enum option_kind kind;
	size_t offset;    /* in struct options */
	const char *help; /* NULL: not for people, and not in the help text */
};

/* One command. args: option rows by name, NULL-terminated; rows: its own, which go before those, NULL name at the
 * end; may be NULL. operands: how many words may follow. settles: it speaks of an unfinished configure itself.
 * program: doroce is also installed under this name. */
struct command {
	const char *name;
	const char *summary;
	const char *help; /* what it does, what its exit status means */
	const char *const *args;
	const struct option_row *rows;
	int operands;
	bool settles, program;
	int (*run)(struct options *o, struct arena *a, char **operand);
};

extern const struct command commands[];

/* What an exit status says, over all commands; NULL means at the end. */
struct exit_row {
	int status;
	const char *means;
};

extern const struct exit_row exit_rows[];

/* A row for an option that fills member. */
#define OPTION_ROW(n, l, a, k, member, h) { n, l, a, k, offsetof(struct options, member), h }

/* Options of the commands that stand for a script. */
extern const struct option_row mlnxipcfg_rows[], doroce_rows[];

/* Read argv behind the command's word into o. 0, or the exit status when there is nothing more to
 * do (help was asked for, or the line is wrong; either has been printed). -1: go on. */
int options_read(const struct command *c, char **argv, struct arena *a, struct options *o,
		 char **operand);

/* Option i of those that the command takes and that are for people; NULL behind the last. */
const struct option_row *option_at(const struct command *c, size_t i);

void help_general(FILE *to);
void help_command(const struct command *c);

int cmd_show(struct options *o, struct arena *a, char **operand);
int cmd_plan(struct options *o, struct arena *a, char **operand);
int cmd_configure(struct options *o, struct arena *a, char **operand);
int cmd_verify(struct options *o, struct arena *a, char **operand);
int cmd_watch(struct options *o, struct arena *a, char **operand);
int cmd_serve(struct options *o, struct arena *a, char **operand);
int cmd_revert(struct options *o, struct arena *a, char **operand);
int cmd_reapply(struct options *o, struct arena *a, char **operand);
int cmd_confirm(struct options *o, struct arena *a, char **operand);
int cmd_history(struct options *o, struct arena *a, char **operand);
int cmd_mlnxipcfg(struct options *o, struct arena *a, char **operand);
int cmd_doroce(struct options *o, struct arena *a, char **operand);
int cmd_explain(struct options *o, struct arena *a, char **operand);
int cmd_help(struct options *o, struct arena *a, char **operand);
int cmd_version(struct options *o, struct arena *a, char **operand);

#endif
