/* SPDX-License-Identifier: MIT */
/* The manual page: everything that the tables have is in it. tests/manual has it read by groff. */
#include "unit/cmd/capture.h"

#include "cmd/explain.h"
#include "intent/profile.h"

static char *page(struct arena *a)
{
	struct capture c = capture_begin(STDOUT_FILENO);

	man_print(a);
	return capture_end(&c, a);
}

/* The text with its dashes and apostrophes as roff has them. */
static const char *roff(struct arena *a, const char *text)
{
	const char *to = "";

	for (; *text; text++)
		to = arena_printf(a, *text == '-' ? "%s\\-" : *text == '\'' ? "%s\\(aq" : "%s%c", to, *text);
	return to;
}

/* The page from the heading of the command to the next heading. */
static const char *section(struct arena *a, const char *text, const struct command *c)
{
	const char *head = arena_printf(a, "\n.SS %s%s\n", c->program ? "" : "doroce ", roff(a, c->name));
	const char *at = strstr(text, head), *end;

	if (!at)
		fail_msg("%s is not in the page", c->name);
	at += strlen(head);
	end = strstr(at, "\n.S");
	return arena_printf(a, "%.*s", (int)(end ? end - at : (long)strlen(at)), at);
}

static void every_command_is_there_with_every_option(void **state)
{
	auto_arena a = { 0 };
	const char *text = page(&a);
	const struct option_row *row;

	(void)state;
	for (const struct command *c = commands; c->name; c++) {
		const char *own = section(&a, text, c);

		must_contain(own, roff(&a, c->summary));
		for (size_t i = 0; (row = option_at(c, i)); i++)
			must_contain(own, arena_printf(&a, "\\fB\\-\\-%s\\fR", roff(&a, row->name)));
		assert_true(option_at(c, 0) != NULL); /* --help at least */
	}
}

static void every_check_and_setting_and_stage_is_there(void **state)
{
	static const char *const titles[] = { ".SH STAGES\n", ".SH CHECKS\n", ".SH FINDINGS\n", ".SH SETTINGS\n" };
	auto_arena a = { 0 };
	const char *text = page(&a);
	const struct abouts all = abouts_all(&a);

	(void)state;
	for vec_each(ab, &all) {
		const char *from = strstr(text, titles[ab->kind]);

		must_contain(from, arena_printf(&a, ".TP\n\\fB%s\\fR\n", roff(&a, ab->name)));
		for vec_each(k, &ab->keys)
			must_contain(from, arena_printf(&a, "Intent: %s", k->path));
	}
}

static void every_profile_and_exit_status_is_there(void **state)
{
	auto_arena a = { 0 };
	const char *text = page(&a);

	(void)state;
	for (const struct profile_text *p = profile_texts; p->name; p++)
		must_contain(strstr(text, ".SH PROFILES"), arena_printf(&a, "\\fB%s\\fR", roff(&a, p->name)));
	for (const struct exit_row *r = exit_rows; r->means; r++)
		must_contain(strstr(text, ".SH EXIT STATUS"), arena_printf(&a, "\\fB%d\\fR\n%s\n", r->status, roff(&a, r->means)));
}

/* A line that begins with a dot or an apostrophe is a request to roff. */
static void no_text_is_taken_for_a_request(void **state)
{
	static const char *const requests[] = { ".TP\n", ".PP\n", ".br\n", ".SS ", ".SH ", ".TH ", ".BR ", ".\\\" " };
	auto_arena a = { 0 };

	(void)state;
	for (const char *line = page(&a); *line; line = strchr(line, '\n') + 1) {
		bool known = *line != '.' && *line != '\'';

		for (size_t i = 0; i < ARRAY_LEN(requests); i++)
			known |= strncmp(line, requests[i], strlen(requests[i])) == 0;
		if (!known)
			fail_msg("roff takes this for a request: %.40s", line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_there_with_every_option),
		cmocka_unit_test(every_check_and_setting_and_stage_is_there),
		cmocka_unit_test(every_profile_and_exit_status_is_there),
		cmocka_unit_test(no_text_is_taken_for_a_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
