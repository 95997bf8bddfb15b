/* SPDX-License-Identifier: MIT */
/* doroce: finds the command and runs it. */
#include <errno.h>
#include <string.h>

#include "base/word.h"
#include "cmd/session.h"
#include "cmd/state.h"

static const struct command *command_named(const char *word)
{
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(c->name, word) == 0)
			return c;
	return NULL;
}

/* The command line in one piece, for people; words: from the command on. */
static const char *line_of(const struct command *c, char **words, struct arena *a)
{
	const char *line = c->program ? c->name : arena_printf(a, "doroce %s", *words);

	while (*++words)
		line = arena_printf(a, "%s %s", line, *words);
	return line;
}

/* The command whose name this program has been started by; NULL: it is doroce. */
static const struct command *command_of_program(const char *path)
{
	const char *slash = strrchr(path, '/');
	const struct command *c = command_named(slash ? slash + 1 : path);

	return c && c->program ? c : NULL;
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

	const struct command *c = argc ? command_of_program(argv[0]) : NULL;
	char **words = c ? argv : argv + 1;

	if (!c && argc < 2) {
		help_general(stderr);
		return EXIT_USAGE;
	}
	if (!c)
		c = command_named(command_word(*words));
	if (!c)
		return unknown_command(*words);
	o.line = line_of(c, words, &a);
	int r = options_read(c, words + 1, &a, &o, operand);
	if (r < 0)
		state_settle();
	if (r < 0 && !c->settles)
		state_warn();
	if (r < 0)
		r = c->run(&o, &a, operand);
	/* output that could not be written (a full disk behind a pipe) is no success */
	if ((fflush(stdout) != 0 || ferror(stdout)) && r == EXIT_OK)
		r = complain(EXIT_FAILED, "what was to be printed could not be written: %s", strerror(errno));
	return r;
}
