/* SPDX-License-Identifier: MIT */
/* JUnit XML: the schema accepts it, and every verdict is told as what it is. */
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlschemastypes.h>
#include <libxml/xpath.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "test.h"
#include "unit/validate/results.h"

/* 0: the schema accepts the text; > 0: it does not. */
static int schema_verdict(const char *text)
{
	xmlSchemaParserCtxt *parser = xmlSchemaNewParserCtxt("data/junit.xsd");
	xmlSchema *schema = xmlSchemaParse(parser);
	assert_non_null(schema);
	xmlSchemaValidCtxt *valid = xmlSchemaNewValidCtxt(schema);
	xmlDoc *doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, XML_PARSE_NONET);
	if (!doc)
		fail_msg("no XML: %s", text);
	int r = xmlSchemaValidateDoc(valid, doc);

	xmlFreeDoc(doc);
	xmlSchemaFreeValidCtxt(valid);
	xmlSchemaFree(schema);
	xmlSchemaFreeParserCtxt(parser);
	return r;
}

static char *junit_of(const struct verify *v)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_int_equal(report_junit(v, &run, f), 0);
	assert_int_equal(fclose(f), 0);
	return text;
}

/* The XPath expression, as text. */
static void must_be(const char *text, const char *xpath, const char *want)
{
	xmlDoc *doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, XML_PARSE_NONET);
	xmlXPathContext *context = xmlXPathNewContext(doc);
	xmlXPathObject *found = xmlXPathEvalExpression(BAD_CAST xpath, context);
	assert_non_null(found);
	xmlChar *got = xmlXPathCastToString(found);

	assert_string_equal((const char *)got, want);
	xmlFree(got);
	xmlXPathFreeObject(found);
	xmlXPathFreeContext(context);
	xmlFreeDoc(doc);
}

static void the_schema_accepts_it(void **state)
{
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	auto_free char *some = junit_of(&v);
	assert_int_equal(schema_verdict(some), 0);
	v.results.n = 0;
	auto_free char *none = junit_of(&v);
	assert_int_equal(schema_verdict(none), 0);
}

static void the_schema_refuses_other_documents(void **state)
{
	static const char *const lines[] = {
		"<testsuites><testcase name='a' classname='b'/></testsuites>",
		"<testsuites><testsuite name='a' tests='1' failures='0' errors='0'/></testsuites>",
		"<testsuites tests='many'/>",
		"<testsuites><testsuite name='a' tests='1' failures='0' errors='0'><failed/></testsuite></testsuites>",
		"<testsuites><testsuite name='a' tests='1' failures='0' errors='0'><testcase/></testsuite></testsuites>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		assert_int_not_equal(schema_verdict(lines[i]), 0);
}

static void a_stage_is_a_suite_and_counts(void **state)
{
	static const char *const want[][2] = {
		{ "count(//testsuite)", "2" },
		{ "count(//testcase)", "5" },
		{ "//testsuite[1]/@name", "gid" },
		{ "//testsuite[1]/@tests", "3" },
		{ "//testsuite[1]/@failures", "1" },
		{ "//testsuite[1]/@skipped", "1" },
		{ "//testsuite[2]/@failures", "1" },
		{ "//testsuite[2]/@hostname", "node<1>" },
		{ "//testsuite[2]/@timestamp", "2023-11-14T22:13:20Z" },
		{ "/testsuites/@tests", "5" },
		{ "/testsuites/@failures", "2" },
		{ "/testsuites/@errors", "0" },
		{ "/testsuites/@time", "61.007" },
	};
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	auto_free char *text = junit_of(&v);
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		must_be(text, want[i][0], want[i][1]);
}

static void each_verdict_is_told_as_what_it_is(void **state)
{
	static const char *const want[][2] = {
		{ "count(//testcase[@classname='peer'][@name='peer.connect rxe_0/1']/*)", "0" },
		{ "//testcase[@name='peer.connect rxe_0/1 10.0.0.2']/failure/@message", "unreachable" },
		{ "//testcase[@name='peer.connect rxe_0/1 10.0.0.2']/failure",
		  "seen: unreachable\nwanted: established\nfollows from gid.present\n" },
		{ "//testcase[@name='gid.present']/skipped", "no device file" },
		{ "//testcase[@name='gid.present rxe_0/1']/system-out",
		  "warning\nseen: two GIDs\nwanted: one GID\nwhy: the second one\nmend: remove it\n" },
		{ "//testcase[@name='gid.present rxe_0/1']/failure",
		  "seen: no GID\nwanted: a GID\nwhy: bind fails\nmend: set the address\n" },
	};
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	auto_free char *text = junit_of(&v);
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		must_be(text, want[i][0], want[i][1]);
}

static void a_stage_that_could_not_run_is_an_error(void **state)
{
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	v.stage_error[VERIFY_GID] = "no device file";
	auto_free char *text = junit_of(&v);
	assert_int_equal(schema_verdict(text), 0);
	must_be(text, "//testcase[@name='gid.present']/error/@message", "no device file");
	must_be(text, "//testsuite[@name='gid']/@errors", "1");
	must_be(text, "//testsuite[@name='gid']/@skipped", "0");
	must_be(text, "/testsuites/@errors", "1");
}

/* a reader of JUnit takes what is skipped, and what is empty, for success */
static void what_proves_nothing_is_an_error(void **state)
{
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	v.results.at[0] = v.results.at[1];
	v.results.n = 1;
	auto_free char *skipped = junit_of(&v);
	assert_int_equal(schema_verdict(skipped), 0);
	must_be(skipped, "//testsuite[@name='verdict']/testcase/error/@message", "nothing could be verified");
	must_be(skipped, "concat(/testsuites/@tests, ' ', /testsuites/@errors)", "2 1");
	results_make(&v, &a);
	v.results.n = 1;
	auto_free char *passed = junit_of(&v);
	must_be(passed, "count(//testsuite[@name='verdict'])", "0");
}

static void bytes_from_outside_do_no_harm(void **state)
{
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make_hostile(&v, &a);
	auto_free char *text = junit_of(&v);
	assert_int_equal(schema_verdict(text), 0);
	must_be(text, "//testsuite[@name='peer']//failure/@message", HOSTILE_CLEAN);
	must_be(text, "substring-before(//testsuite[@name='peer']//failure, '\nwanted')", "seen: " HOSTILE_CLEAN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_schema_accepts_it),
		cmocka_unit_test(the_schema_refuses_other_documents),
		cmocka_unit_test(a_stage_is_a_suite_and_counts),
		cmocka_unit_test(each_verdict_is_told_as_what_it_is),
		cmocka_unit_test(a_stage_that_could_not_run_is_an_error),
		cmocka_unit_test(what_proves_nothing_is_an_error),
		cmocka_unit_test(bytes_from_outside_do_no_harm),
	};
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	xmlSchemaCleanupTypes();
	xmlCleanupParser();
	return r;
}
