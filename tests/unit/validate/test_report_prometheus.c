/* SPDX-License-Identifier: MIT */
/* Prometheus text: by the grammar of format 0.0.4, read strictly, and what it says. (promtool, which would do the
 * same, is 96 MB of Debian packages.) */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "test.h"
#include "unit/validate/results.h"

/* A text that is read: at: the next byte. metric: of the last # TYPE. */
struct reader {
	const char *at;
	char metric[64];
	char *series[256]; /* as they are written, labels included */
	size_t series_n;
};

static bool take(struct reader *r, const char *word)
{
	size_t n = strlen(word);
	bool is = strncmp(r->at, word, n) == 0;

	r->at += is ? n : 0;
	return is;
}

/* [a-zA-Z_][a-zA-Z0-9_]*, metrics with colons too. */
static bool name_take(struct reader *r, bool colons, char *buf, size_t size)
{
	size_t n = 0;

	while (isalpha((unsigned char)r->at[n]) || r->at[n] == '_' || (colons && r->at[n] == ':') ||
	       (n && isdigit((unsigned char)r->at[n])))
		n++;
	snprintf(buf, size, "%.*s", (int)n, r->at);
	r->at += n;
	return n > 0 && n < size;
}

/* A quoted value, in which only \\, \" and \n are escapes and no byte is a control character. */
static bool value_take(struct reader *r)
{
	if (*r->at++ != '"')
		return false;
	while (*r->at != '"') {
		if (*r->at == '\\' && !strchr("\\\"n", *++r->at))
			return false;
		if ((unsigned char)*r->at < ' ')
			return false;
		r->at++;
	}
	r->at++;
	return true;
}

static bool labels_take(struct reader *r)
{
	char name[64];

	if (!take(r, "{"))
		return true;
	do {
		if (!name_take(r, false, name, sizeof(name)) || strncmp(name, "__", 2) == 0 || !take(r, "=") ||
		    !value_take(r))
			return false;
	} while (take(r, ","));
	return take(r, "}");
}

static bool series_is_new(struct reader *r, const char *from)
{
	char *s = strndup(from, (size_t)(r->at - from));

	for (size_t i = 0; i < r->series_n; i++)
		if (strcmp(r->series[i], s) == 0) {
			free(s);
			return false;
		}
	assert_true(r->series_n < ARRAY_LEN(r->series));
	r->series[r->series_n++] = s;
	return true;
}

/* A line of a number, below the head of its metric. */
static bool sample_take(struct reader *r)
{
	const char *from = r->at;
	char name[64], *end;

	if (!name_take(r, true, name, sizeof(name)) || strcmp(name, r->metric) != 0 || !labels_take(r))
		return false;
	if (!series_is_new(r, from) || !take(r, " ") || !isdigit((unsigned char)*r->at))
		return false;
	(void)strtod(r->at, &end);
	r->at = end;
	return take(r, "\n");
}

/* # HELP and # TYPE of one metric, one behind the other, and no metric twice. */
static bool head_take(struct reader *r)
{
	char before[sizeof(r->metric)], type[sizeof(r->metric)];

	memcpy(before, r->metric, sizeof(before));
	if (!take(r, "# HELP ") || !name_take(r, true, r->metric, sizeof(r->metric)) || !take(r, " "))
		return false;
	r->at = strchr(r->at, '\n');
	if (!r->at++ || !take(r, "# TYPE ") || !name_take(r, true, type, sizeof(type)))
		return false;
	return strcmp(type, r->metric) == 0 && strcmp(before, type) != 0 && take(r, " gauge\n");
}

/* 0: the text is by the grammar; else the number of the line that is not. */
static size_t grammar_error(const char *text)
{
	struct reader r = { .at = text };
	size_t line = 1;
	bool good = *text != '\0';

	while (good && *r.at) {
		const char *from = r.at;

		good = *r.at == '#' ? head_take(&r) && *r.at && *r.at != '#' : sample_take(&r);
		for (; good && from < r.at; from++)
			line += *from == '\n';
	}
	for (size_t i = 0; i < r.series_n; i++)
		free(r.series[i]);
	return good ? 0 : line;
}

static char *prometheus_of(const struct verify *v)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	report_prometheus(v, &run, f);
	assert_int_equal(fclose(f), 0);
	size_t line = grammar_error(text);
	if (line)
		fail_msg("line %zu is not by the grammar: %s", line, text);
	return text;
}

static void the_grammar_is_read_strictly(void **state)
{
#define HEAD "# HELP a b\n# TYPE a gauge\n"
	static const struct {
		const char *text;
		size_t line;
	} rows[] = {
		{ HEAD "a 1\n", 0 },
		{ HEAD "a{b=\"c\\n\\\"\\\\\",d=\"\"} 1.5\n", 0 },
		{ "", 1 },
		{ "a 1\n", 1 },
		{ HEAD, 1 },
		{ HEAD "a 1", 3 },
		{ HEAD "b 1\n", 3 },
		{ HEAD "a x\n", 3 },
		{ HEAD "a{b=\"c\\t\"} 1\n", 3 },
		{ HEAD "a{b=\"c\nd\"} 1\n", 3 },
		{ HEAD "a{b=\"c\"d\"} 1\n", 3 },
		{ HEAD "a{b-c=\"d\"} 1\n", 3 },
		{ HEAD "a{b=\"c\"} 1\na{b=\"c\"} 0\n", 4 },
		{ HEAD "a 1\n" HEAD "a 2\n", 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (grammar_error(rows[i].text) != rows[i].line)
			fail_msg("%s: line %zu", rows[i].text, grammar_error(rows[i].text));
}

static void a_result_has_one_for_its_state_and_zero_else(void **state)
{
#define SERIES "doroce_check_result{check=\"peer.connect\",stage=\"peer\",port=\"rxe_0/1\",netdev=\"p0\","
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	auto_free char *text = prometheus_of(&v);
	must_contain(text, SERIES "subject=\"10.0.0.2\",state=\"fail\"} 1\n");
	must_contain(text, SERIES "subject=\"10.0.0.2\",state=\"pass\"} 0\n");
	must_contain(text, SERIES "subject=\"\",state=\"pass\"} 1\n");
	must_contain(text, SERIES "subject=\"\",state=\"fail\"} 0\n");
	must_contain(text, "port=\"\",netdev=\"\",subject=\"\",state=\"n/a\"} 1\n");
}

static void of_results_with_the_same_labels_the_worst_counts(void **state)
{
#define GID "doroce_check_result{check=\"gid.present\",stage=\"gid\",port=\"rxe_0/1\",netdev=\"p0\",subject=\"\","
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	auto_free char *text = prometheus_of(&v);
	must_contain(text, GID "state=\"fail\"} 1\n");
	must_contain(text, GID "state=\"warn\"} 0\n");
}

static void the_run_and_its_verdict_are_told(void **state)
{
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	auto_free char *failed = prometheus_of(&v);
	must_contain(failed, "doroce_verify_verdict{state=\"fail\"} 1\n");
	must_contain(failed, "doroce_verify_verdict{state=\"pass\"} 0\n");
	must_contain(failed, "\ndoroce_verify_timestamp_seconds 1700000000\n");
	must_contain(failed, "\ndoroce_verify_duration_seconds 61.007\n");
	v.results.n = 0;
	auto_free char *nothing = prometheus_of(&v);
	must_contain(nothing, "doroce_verify_verdict{state=\"n/a\"} 1\n");
	assert_null(strstr(nothing, "doroce_check_result"));
}

static void labels_are_escaped(void **state)
{
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make_hostile(&v, &a);
	auto_free char *text = prometheus_of(&v);
	must_contain(text, "subject=\"a\\\"b\\\\c\\n<d>&]]>??\xc3\xa4 ???\",state=\"fail\"} 1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_grammar_is_read_strictly),
		cmocka_unit_test(a_result_has_one_for_its_state_and_zero_else),
		cmocka_unit_test(of_results_with_the_same_labels_the_worst_counts),
		cmocka_unit_test(the_run_and_its_verdict_are_told),
		cmocka_unit_test(labels_are_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
