/* SPDX-License-Identifier: MIT */
/* doroce: finds the command and runs it. */
#include <errno.h>
#include <string.h>

#include "base/word.h"
#include "cmd/session.h"
#include "cmd/state.h"

/* The command line in one piece, for people. */
static const char *line_of(char **argv, struct arena *a)
{
	char *line = arena_strdup(a, "doroce");

	for (char **word = argv + 1; *word; word++)
		line = arena_printf(a, "%s %s", line, *word);
	return line;
}

static const struct command *command_named(const char *word)
{
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(c->name, word) == 0)
			return c;
	return NULL;
}

static int unknown_command(const char *word)
{
	const char *names[32] = { NULL };
	size_t n = 0;

	for (const struct command *c = commands; c->name && n + 1 < ARRAY_LEN(names); c++)
		names[n++] = c->name;
	const char *near = word_nearest(word, names);
	fprintf(stderr, "doroce: unknown command '%s'", word);
	if (near)
		fprintf(stderr, ": did you mean '%s'?", near);
	fputs(" (see: doroce help)\n", stderr);
	return EXIT_USAGE;
}

/* The command that an option in its place stands for. */
static const char *command_word(const char *word)
{
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return "help";
	if (strcmp(word, "--version") == 0)
		return "version";
	return strcmp(word, "--verify") == 0 ? "verify" : word;
}

int main(int argc, char **argv)
{
	auto_arena a = { 0 };
	struct options o = { 0 };
	char *operand[2] = { NULL };

	if (argc < 2) {
		help_general(stderr);
		return EXIT_USAGE;
	}
	const struct command *c = command_named(command_word(argv[1]));
	if (!c)
		return unknown_command(argv[1]);
	o.line = line_of(argv, &a);
	int r = options_read(c, argv + 2, &a, &o, operand);
	if (r < 0 && !c->settles)
		state_warn();
	if (r < 0)
		r = c->run(&o, &a, operand);
	/* output that could not be written (a full disk behind a pipe) is no success */
	if ((fflush(stdout) != 0 || ferror(stdout)) && r == EXIT_OK)
		r = complain(EXIT_FAILED, "what was to be printed could not be written: %s", strerror(errno));
	return r;
}
