/* SPDX-License-Identifier: MIT */
/* The command line: every way to write an option, and what is refused. */
#include <string.h>

#include "cmd/cmd.h"
#include "test.h"

static const struct command *command_named(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	fail_msg("no command %s", name);
	return NULL;
}

/* Read the words of the line for the command. */
static int line_read(const char *command, const char *line, struct arena *a, struct options *o,
		     char **operand)
{
	char *words = arena_strdup(a, line), *word[16];
	size_t n = 0;

	for (char *w = strtok(words, " "); w; w = strtok(NULL, " "))
		word[n++] = w;
	word[n] = NULL;
	*o = (struct options){ 0 };
	return options_read(command_named(command), word, a, o, operand);
}

static void options_are_written_in_several_ways(void **state)
{
	static const char *const lines[] = { "--mtu 4200 -c f.yaml --json",
					     "--mtu=4200 --config f.yaml --json",
					     "--json --config=f.yaml --mtu=4200" };
	auto_arena a = { 0 };
	struct options o;
	char *operand[2] = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		assert_int_equal(line_read("plan", lines[i], &a, &o, operand), -1);
		assert_string_equal(o.intent.mtu, "4200");
		assert_string_equal(o.config, "f.yaml");
		assert_true(o.json);
		assert_false(o.verify);
	}
}

/* As the scripts' own readers take them. */
static void letters_may_stand_in_one_word(void **state)
{
	static const char *const lines[] = { "-f -r -i 10.0.0.1/24 -d p0,p1", "-fri10.0.0.1/24 -dp0,p1",
					     "-rfd p0,p1 --ipaddr=10.0.0.1/24",
					     "--devices p0,p1 --flush --dryrun -vi 10.0.0.1/24" };
	auto_arena a = { 0 };
	struct options o;
	char *operand[2] = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		assert_int_equal(line_read("nv-mlnxipcfg", lines[i], &a, &o, operand), -1);
		assert_string_equal(o.intent.address, "10.0.0.1/24");
		assert_string_equal(o.devices, "p0,p1");
		assert_true(o.intent.flush && o.dry_run);
		assert_int_equal(o.verbose, i == 3);
	}
	assert_int_equal(line_read("plan", "-cf.yaml", &a, &o, operand), -1);
	assert_string_equal(o.config, "f.yaml");
}

static void a_repeatable_option_keeps_its_order(void **state)
{
	auto_arena a = { 0 };
	struct options o;
	char *operand[2] = { 0 };

	(void)state;
	assert_int_equal(line_read("plan", "--port p1 --port=p0 --port mlx5_*", &a, &o, operand),
			 -1);
	assert_int_equal(o.intent.ports.n, 3);
	assert_string_equal(o.intent.ports.at[0], "p1");
	assert_string_equal(o.intent.ports.at[1], "p0");
	assert_string_equal(o.intent.ports.at[2], "mlx5_*");
}

static void an_argument_may_be_empty_or_look_like_an_option(void **state)
{
	auto_arena a = { 0 };
	struct options o;
	char *operand[2] = { 0 };

	(void)state;
	assert_int_equal(line_read("plan", "--mtu=", &a, &o, operand), -1);
	assert_string_equal(o.intent.mtu, "");
	assert_int_equal(line_read("plan", "--config --json", &a, &o, operand), -1);
	assert_string_equal(o.config, "--json");
	assert_false(o.json);
}

static void what_is_wrong_is_a_usage_error(void **state)
{
	static const char *const cases[][2] = {
		{ "plan", "--nonsense" }, { "plan", "-x" },	   { "plan", "--mtu" },
		{ "plan", "--json=yes" }, { "plan", "operand" },   { "plan", "--peer 10.0.0.1" },
		{ "plan", "--js" },	  { "show", "--mtu 4200" }, { "plan", "-xf.yaml" },
		{ "plan", "-f" },	  { "nv-mlnxipcfg", "-fx" }, { "nv-mlnxipcfg", "-fi" },
		{ "nv-mlnxipcfg", "-c f.yaml" }, { "nv-mlnxipcfg", "--config f.yaml" },
		{ "help", "one two" },	  { "plan", "-" },	   { "plan", "-- --json" },
	};
	auto_arena a = { 0 };
	struct options o;
	char *operand[2] = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (line_read(cases[i][0], cases[i][1], &a, &o, operand) != EXIT_USAGE)
			fail_msg("accepted: %s %s", cases[i][0], cases[i][1]);
}

static void operands_are_kept(void **state)
{
	auto_arena a = { 0 };
	struct options o;
	char *operand[2] = { 0 };

	(void)state;
	assert_int_equal(line_read("help", "plan", &a, &o, operand), -1);
	assert_string_equal(operand[0], "plan");
	assert_int_equal(line_read("help", "-- --json", &a, &o, operand), -1);
	assert_string_equal(operand[0], "--json");
}

/* A command names its options by text: each of them must exist. */
static void every_option_of_every_command_is_known(void **state)
{
	auto_arena a = { 0 };
	struct options o;
	char *operand[2] = { 0 };

	(void)state;
	for (const struct command *c = commands; c->name; c++) {
		assert_non_null(c->run);
		assert_non_null(c->summary);
		for (const char *const *arg = c->args; *arg; arg++) {
			char *word[] = { arena_printf(&a, "--%s", *arg), NULL, NULL };

			o = (struct options){ 0 };
			if (options_read(c, word, &a, &o, operand) == -1)
				continue;
			word[1] = arena_strdup(&a, "x"); /* it wants an argument */
			assert_int_equal(options_read(c, word, &a, &o, operand), -1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_written_in_several_ways),
		cmocka_unit_test(letters_may_stand_in_one_word),
		cmocka_unit_test(a_repeatable_option_keeps_its_order),
		cmocka_unit_test(an_argument_may_be_empty_or_look_like_an_option),
		cmocka_unit_test(what_is_wrong_is_a_usage_error),
		cmocka_unit_test(operands_are_kept),
		cmocka_unit_test(every_option_of_every_command_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
