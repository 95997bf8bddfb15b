/* SPDX-License-Identifier: MIT */
/* A verification for what reads JUnit XML: Jenkins, GitLab, test dashboards. */
#include <errno.h>
#include <libxml/xmlwriter.h>

#include "validate/report/report.h"

/* Numbers of a testsuite, or of all. */
struct tally {
	size_t tests, failures, errors, skipped;
};

/* What is being written. lost: a call to the writer has failed, which is for want of memory. */
struct junit {
	xmlTextWriter *w;
	const struct verify *v;
	const struct report_run *run;
	struct arena a;
	bool lost;
};

static void junit_done(struct junit *j)
{
	xmlFreeTextWriter(j->w);
	arena_done(&j->a);
}

#define auto_junit __attribute__((cleanup(junit_done))) struct junit

static void xml_buffer_drop(xmlBuffer **b)
{
	xmlBufferFree(*b);
}

#define auto_xml_buffer __attribute__((cleanup(xml_buffer_drop))) xmlBuffer *

static void start(struct junit *j, const char *element)
{
	j->lost |= xmlTextWriterStartElement(j->w, BAD_CAST element) < 0;
}

static void end(struct junit *j)
{
	j->lost |= xmlTextWriterEndElement(j->w) < 0;
}

static void attribute(struct junit *j, const char *name, const char *value)
{
	j->lost |= xmlTextWriterWriteAttribute(j->w, BAD_CAST name,
					       BAD_CAST report_clean(&j->a, value ? value : "")) < 0;
}

static void number(struct junit *j, const char *name, size_t n)
{
	attribute(j, name, arena_printf(&j->a, "%zu", n));
}

static void text(struct junit *j, const char *s)
{
	j->lost |= xmlTextWriterWriteString(j->w, BAD_CAST report_clean(&j->a, s)) < 0;
}

/* What was not run since the whole stage could not be. */
static bool is_error(const struct verify *v, const struct result *r)
{
	return r->verdict == VERDICT_NA && v->stage_error[r->check->stage];
}

static struct tally tally_of(const struct verify *v, enum verify_stage s)
{
	struct tally t = { 0 };

	for vec_each(r, &v->results) {
		if (s != VERIFY_STAGES && r->check->stage != s)
			continue;
		t.tests++;
		t.failures += r->verdict == VERDICT_FAIL;
		t.errors += is_error(v, r);
		t.skipped += r->verdict == VERDICT_NA && !is_error(v, r);
	}
	return t;
}

static void tally_write(struct junit *j, const struct tally *t)
{
	number(j, "tests", t->tests);
	number(j, "failures", t->failures);
	number(j, "errors", t->errors);
}

/* "gid.present mlx5_0/1 10.0.0.1/24" */
static const char *case_name(struct junit *j, const struct result *r)
{
	return arena_printf(&j->a, "%s%s%s%s%s", r->check->id, r->port ? " " : "", r->port ? r->port->name : "",
			    r->subject ? " " : "", r->subject ? r->subject : "");
}

static const char *finding_text(struct junit *j, const struct result *r)
{
	if (r->follows)
		return arena_printf(&j->a, "seen: %s\nwanted: %s\nfollows from %s\n", r->seen, r->wanted, r->follows);
	return arena_printf(&j->a, "seen: %s\nwanted: %s\nwhy: %s\nmend: %s\n", r->seen, r->wanted, r->why, r->mend);
}

/* Only text in it: the schema of Jenkins knows no attributes there. */
static void skipped_write(struct junit *j, const struct result *r)
{
	start(j, "skipped");
	text(j, r->seen);
	end(j);
}

static void warning_write(struct junit *j, const struct result *r)
{
	start(j, "system-out");
	text(j, arena_printf(&j->a, "warning\n%s", finding_text(j, r)));
	end(j);
}

static void failure_write(struct junit *j, const struct result *r)
{
	bool fail = r->verdict == VERDICT_FAIL;

	start(j, fail ? "failure" : "error");
	attribute(j, "type", r->check->id);
	attribute(j, "message", r->seen);
	text(j, fail ? finding_text(j, r) : r->seen);
	end(j);
}

static void outcome_write(struct junit *j, const struct result *r)
{
	if (r->verdict == VERDICT_WARN)
		warning_write(j, r);
	else if (r->verdict == VERDICT_FAIL || is_error(j->v, r))
		failure_write(j, r);
	else if (r->verdict == VERDICT_NA)
		skipped_write(j, r);
}

static void case_write(struct junit *j, const struct result *r)
{
	start(j, "testcase");
	attribute(j, "classname", stage_rows[r->check->stage].name);
	attribute(j, "name", case_name(j, r));
	outcome_write(j, r);
	end(j);
}

static void suite_start(struct junit *j, const char *name, const struct tally *t)
{
	char begun[32];
	struct tm tm;

	strftime(begun, sizeof(begun), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&j->run->begun, &tm));
	start(j, "testsuite");
	attribute(j, "name", name);
	tally_write(j, t);
	number(j, "skipped", t->skipped);
	attribute(j, "timestamp", begun);
	attribute(j, "hostname", j->run->host);
}

static void suite_write(struct junit *j, enum verify_stage s)
{
	struct tally t = tally_of(j->v, s);

	if (!t.tests)
		return;
	suite_start(j, stage_rows[s].name, &t);
	for vec_each(r, &j->v->results)
		if (r->check->stage == s)
			case_write(j, r);
	end(j);
}

/* True when a reader that counts failures and errors would take it for success, and it is none. */
static bool is_hollow(const struct verify *v, const struct tally *all)
{
	return report_verdict(v) == VERDICT_NA && !all->errors;
}

static void hollow_write(struct junit *j)
{
	const struct tally t = { .tests = 1, .errors = 1 };

	suite_start(j, "verdict", &t);
	start(j, "testcase");
	attribute(j, "classname", "verdict");
	attribute(j, "name", "verified");
	start(j, "error");
	attribute(j, "type", "verdict");
	attribute(j, "message", "nothing could be verified");
	end(j);
	end(j);
	end(j);
}

static void document_write(struct junit *j)
{
	struct tally all = tally_of(j->v, VERIFY_STAGES);
	bool hollow = is_hollow(j->v, &all);

	all.tests += hollow;
	all.errors += hollow;
	j->lost |= xmlTextWriterSetIndent(j->w, 1) < 0 ||
		   xmlTextWriterStartDocument(j->w, NULL, "UTF-8", NULL) < 0;
	start(j, "testsuites");
	attribute(j, "name", "doroce verify");
	tally_write(j, &all);
	attribute(j, "time", arena_printf(&j->a, "%llu.%03u", (unsigned long long)(j->run->took_ms / 1000),
					  (unsigned int)(j->run->took_ms % 1000)));
	for (enum verify_stage s = 0; s < VERIFY_STAGES; s++)
		suite_write(j, s);
	if (hollow)
		hollow_write(j);
	end(j);
	j->lost |= xmlTextWriterEndDocument(j->w) < 0;
}

int report_junit(const struct verify *v, const struct report_run *run, FILE *to)
{
	auto_xml_buffer out = xmlBufferCreate();
	auto_junit j = { .w = out ? xmlNewTextWriterMemory(out, 0) : NULL, .v = v, .run = run };

	if (!j.w)
		return -ENOMEM;
	document_write(&j);
	if (j.lost)
		return -ENOMEM;
	fwrite(xmlBufferContent(out), 1, (size_t)xmlBufferLength(out), to);
	return 0;
}
