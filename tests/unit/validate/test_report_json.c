/* SPDX-License-Identifier: MIT */
/* The JSON report is what share/schema/verify.schema.json says: checked by those rules of draft 2020-12 that it uses. */
#include <stdio.h>

#include "base/json.h"
#include "test.h"
#include "unit/validate/results.h"

/* *root: the whole schema, for references. */
struct schema {
	const json_t *root;
};

static bool accepts(const struct schema *s, const json_t *rules, const json_t *j);

static bool type_is(const char *type, const json_t *j)
{
	static const struct {
		const char *name;
		json_type type;
	} types[] = {
		{ "object", JSON_OBJECT },   { "array", JSON_ARRAY }, { "string", JSON_STRING },
		{ "integer", JSON_INTEGER }, { "null", JSON_NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(types[i].name, type) == 0)
			return json_typeof(j) == types[i].type;
	fail_msg("type %s: teach this test", type);
	return false;
}

static bool rule_type(const struct schema *s, const json_t *rules, const json_t *rule, const json_t *j)
{
	bool is = json_is_string(rule) && type_is(json_string_value(rule), j);

	(void)s, (void)rules;
	for (size_t i = 0; i < json_array_size(rule); i++)
		is |= type_is(json_string_value(json_array_get(rule, i)), j);
	return is;
}

static bool rule_const(const struct schema *s, const json_t *rules, const json_t *rule, const json_t *j)
{
	(void)s, (void)rules;
	return json_equal(rule, j);
}

static bool rule_enum(const struct schema *s, const json_t *rules, const json_t *rule, const json_t *j)
{
	bool is = false;

	(void)s, (void)rules;
	for (size_t i = 0; i < json_array_size(rule); i++)
		is |= json_equal(json_array_get(rule, i), j);
	return is;
}

static bool rule_required(const struct schema *s, const json_t *rules, const json_t *rule, const json_t *j)
{
	bool is = true;

	(void)s, (void)rules;
	for (size_t i = 0; i < json_array_size(rule) && json_is_object(j); i++)
		is &= json_object_get(j, json_string_value(json_array_get(rule, i))) != NULL;
	return is;
}

static bool rule_properties(const struct schema *s, const json_t *rules, const json_t *rule, const json_t *j)
{
	const char *key;
	json_t *value;
	bool is = true;

	(void)rules;
	json_object_foreach((json_t *)rule, key, value) {
		const json_t *member = json_object_get(j, key);

		is &= !member || accepts(s, value, member);
	}
	return is;
}

/* Only `false` is known. */
static bool rule_additional(const struct schema *s, const json_t *rules, const json_t *rule, const json_t *j)
{
	const json_t *known = json_object_get(rules, "properties");
	const char *key;
	json_t *value;
	bool is = true;

	(void)s;
	assert_true(json_is_false(rule));
	json_object_foreach((json_t *)j, key, value)
		is &= json_object_get(known, key) != NULL;
	return is;
}

static bool rule_items(const struct schema *s, const json_t *rules, const json_t *rule, const json_t *j)
{
	bool is = true;

	(void)rules;
	for (size_t i = 0; i < json_array_size(j); i++)
		is &= accepts(s, rule, json_array_get(j, i));
	return is;
}

static bool rule_ref(const struct schema *s, const json_t *rules, const json_t *rule, const json_t *j)
{
	static const char prefix[] = "#/$defs/";
	const char *name = json_string_value(rule);

	(void)rules;
	assert_memory_equal(name, prefix, sizeof(prefix) - 1);
	const json_t *def = json_object_get(json_object_get(s->root, "$defs"), name + sizeof(prefix) - 1);
	assert_non_null(def);
	return accepts(s, def, j);
}

static bool rule_minimum(const struct schema *s, const json_t *rules, const json_t *rule, const json_t *j)
{
	(void)s, (void)rules;
	return !json_is_number(j) || json_number_value(j) >= json_number_value(rule);
}

static bool rule_min_length(const struct schema *s, const json_t *rules, const json_t *rule, const json_t *j)
{
	(void)s, (void)rules;
	return !json_is_string(j) || (json_int_t)json_string_length(j) >= json_integer_value(rule);
}

static bool rule_if(const struct schema *s, const json_t *rules, const json_t *rule, const json_t *j)
{
	return accepts(s, json_object_get(rules, accepts(s, rule, j) ? "then" : "else"), j);
}

/* A NULL function: says nothing of its own. */
static const struct {
	const char *name;
	bool (*accepts)(const struct schema *s, const json_t *rules, const json_t *rule, const json_t *j);
} keywords[] = {
	{ "$schema", NULL }, { "title", NULL }, { "description", NULL }, { "$defs", NULL }, { "then", NULL },
	{ "else", NULL }, { "type", rule_type }, { "const", rule_const }, { "enum", rule_enum },
	{ "required", rule_required }, { "properties", rule_properties },
	{ "additionalProperties", rule_additional }, { "items", rule_items }, { "$ref", rule_ref },
	{ "minimum", rule_minimum }, { "minLength", rule_min_length }, { "if", rule_if },
};

/* A keyword that is not in the table would be a rule that nobody checks. */
static bool accepts(const struct schema *s, const json_t *rules, const json_t *j)
{
	const char *key;
	json_t *rule;
	bool is = true;

	json_object_foreach((json_t *)rules, key, rule) {
		size_t k = 0;

		while (k < ARRAY_LEN(keywords) && strcmp(keywords[k].name, key) != 0)
			k++;
		if (k == ARRAY_LEN(keywords))
			fail_msg("keyword %s: teach this test", key);
		if (keywords[k].accepts)
			is &= keywords[k].accepts(s, rules, rule, j);
	}
	return is;
}

static json_t *schema_load(void)
{
	json_error_t e;
	json_t *j = json_load_file("../share/schema/verify.schema.json", JSON_REJECT_DUPLICATES, &e);

	if (!j)
		fail_msg("%s:%d: %s", e.source, e.line, e.text);
	return j;
}

static bool schema_accepts(const json_t *report)
{
	auto_json *root = schema_load();
	struct schema s = { root };

	return accepts(&s, root, report);
}

static void the_schema_accepts_the_report(void **state)
{
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	auto_json *failed = report_json(&v);
	assert_true(schema_accepts(failed));
	v.results.n = 2;
	auto_json *passed = report_json(&v);
	assert_true(schema_accepts(passed));
	v.results.n = 0;
	auto_json *nothing = report_json(&v);
	assert_true(schema_accepts(nothing));
	json_object_set_new(nothing, "plan", json_object());
	assert_true(schema_accepts(nothing));
}

static void the_schema_accepts_bytes_from_outside_made_clean(void **state)
{
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make_hostile(&v, &a);
	auto_json *j = report_json(&v);
	assert_true(schema_accepts(j));
	assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(j, "results"), 2), "seen")),
			    HOSTILE_CLEAN);
}

/* Each is one change of a result that makes it wrong; NULL takes the member away. */
static void the_schema_refuses_other_results(void **state)
{
	static const char *const wrong[][2] = {
		{ "verdict", "\"maybe\"" }, { "verdict", NULL },    { "stage", "\"gids\"" }, { "seen", "null" },
		{ "wanted", "null" },       { "follows", NULL },    { "mood", "\"good\"" },  { "check", "\"\"" },
		{ "port", "1" },            { "verdict", "\"pass\"" },
	};
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		auto_json *j = report_json(&v);
		json_t *r = json_array_get(json_object_get(j, "results"), 4);

		if (wrong[i][1])
			json_object_set_new(r, wrong[i][0], json_loads(wrong[i][1], JSON_DECODE_ANY, NULL));
		else
			json_object_del(r, wrong[i][0]);
		if (schema_accepts(j))
			fail_msg("%s: %s is accepted", wrong[i][0], wrong[i][1] ? wrong[i][1] : "nothing");
	}
}

static void the_schema_refuses_other_heads(void **state)
{
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	auto_json *j = report_json(&v);
	json_object_set_new(j, "version", json_integer(2));
	assert_false(schema_accepts(j));
	json_object_set_new(j, "version", json_integer(1));
	json_object_set_new(json_object_get(j, "counts"), "na", json_integer(-1));
	assert_false(schema_accepts(j));
}

static void the_schema_has_the_stages_that_there_are(void **state)
{
	auto_json *root = schema_load();
	json_t *names = NULL;

	(void)state;
	assert_int_equal(json_unpack(root, "{s:{s:{s:{s:{s:o}}}}}", "$defs", "result", "properties", "stage", "enum",
				     &names), 0);
	assert_int_equal(json_array_size(names), VERIFY_STAGES);
	for (size_t i = 0; i < VERIFY_STAGES; i++)
		assert_string_equal(json_string_value(json_array_get(names, i)), stage_rows[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_schema_accepts_the_report),
		cmocka_unit_test(the_schema_accepts_bytes_from_outside_made_clean),
		cmocka_unit_test(the_schema_refuses_other_results),
		cmocka_unit_test(the_schema_refuses_other_heads),
		cmocka_unit_test(the_schema_has_the_stages_that_there_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
