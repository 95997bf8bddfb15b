/* SPDX-License-Identifier: MIT */
/* A YAML document whose values know their place. */
#include "intent/doc.h"

#include <errno.h>
#include <string.h>

#define auto_parser __attribute__((cleanup(yaml_parser_delete))) yaml_parser_t
#define auto_event __attribute__((cleanup(yaml_event_delete))) yaml_event_t

/* libyaml needs quadratic time for deep flow collections and for many anchors (seen with 0.2.5:
 * over a minute for 1 MiB of "["), so both are counted before the document is built. */
enum { ANCHORS_MAX = 1000 };

struct scan {
	size_t depth, documents, events, anchors;
};

static struct place place_of(const struct doc *d, const yaml_mark_t *m)
{
	return (struct place){
		.file = d->file,
		.line = (unsigned int)m->line + 1,
		.column = (unsigned int)m->column + 1,
	};
}

struct place doc_place(const struct doc *d, const yaml_node_t *n)
{
	return place_of(d, &n->start_mark);
}

static bool starts_char(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

struct place doc_place_of_byte(const char *file, const char *text, size_t offset)
{
	struct place p = { .file = file, .line = 1, .column = 1 };

	for (size_t i = 0; i < offset; i++) {
		if (starts_char(text[i]))
			p.column++;
		if (text[i] == '\n') {
			p.line++;
			p.column = 1;
		}
	}
	return p;
}

/* libyaml counts characters, text has bytes */
static char char_at(const char *text, size_t index)
{
	for (; *text; text++)
		if (starts_char(*text) && index-- == 0)
			break;
	return *text;
}

static int syntax_error(const struct doc *d, const yaml_parser_t *p, const char *text)
{
	struct place at = place_of(d, &p->problem_mark);
	bool tab = char_at(text, p->problem_mark.index) == '\t';

	if (p->error == YAML_MEMORY_ERROR)
		return diag_add(d->diag, NULL, "out of memory");
	if (p->error == YAML_READER_ERROR) {
		at = doc_place_of_byte(d->file, text, p->problem_offset);
		return diag_add(d->diag, &at, "%s", p->problem);
	}
	return diag_add(d->diag, &at, "%s%s%s%s", p->context ? p->context : "",
			p->context ? ": " : "", p->problem ? p->problem : "syntax error",
			tab ? "; a tab: indent with spaces" : "");
}

static bool has_anchor(const yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		return ev->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return ev->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return ev->data.mapping_start.anchor;
	default:
		return false;
	}
}

static void scan_count(struct scan *s, const yaml_event_t *ev)
{
	s->events++;
	s->anchors += has_anchor(ev);
	s->documents += ev->type == YAML_DOCUMENT_START_EVENT;
	if (ev->type == YAML_SEQUENCE_START_EVENT || ev->type == YAML_MAPPING_START_EVENT)
		s->depth++;
	if (ev->type == YAML_SEQUENCE_END_EVENT || ev->type == YAML_MAPPING_END_EVENT)
		s->depth--;
}

static const char *scan_excess(const struct scan *s)
{
	if (s->depth > DOC_DEPTH_MAX)
		return "nested too deeply";
	if (s->anchors > ANCHORS_MAX)
		return "too many anchors";
	return s->events > DOC_VISITS_MAX ? "too many values" : NULL;
}

static int parser_start(const struct doc *d, yaml_parser_t *p, const char *text)
{
	if (!yaml_parser_initialize(p))
		return diag_add(d->diag, NULL, "out of memory");
	yaml_parser_set_encoding(p, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(p, (const unsigned char *)text, strlen(text));
	return 0;
}

/* Look through the events: syntax, size, one document. -EINVAL: not to be loaded. */
static int doc_scan(const struct doc *d, const char *text)
{
	auto_parser p = { 0 };
	struct scan s = { 0 };
	yaml_event_type_t type = YAML_NO_EVENT;

	if (parser_start(d, &p, text) < 0)
		return -EINVAL;
	while (type != YAML_STREAM_END_EVENT && s.documents < 2) {
		auto_event ev = { 0 };

		if (!yaml_parser_parse(&p, &ev))
			return syntax_error(d, &p, text);
		struct place at = place_of(d, &ev.start_mark);
		scan_count(&s, &ev);
		if (scan_excess(&s))
			return diag_add(d->diag, &at, "%s", scan_excess(&s));
		if (s.documents == 2)
			diag_add(d->diag, &at, "a second document: one is wanted");
		type = ev.type;
	}
	return 0;
}

int doc_load(struct doc *d, const char *text)
{
	auto_parser p = { 0 };

	if (doc_scan(d, text) < 0 || parser_start(d, &p, text) < 0)
		return -EINVAL;
	if (!yaml_parser_load(&p, &d->tree))
		return syntax_error(d, &p, text);
	return 0;
}

void doc_done(struct doc *d)
{
	yaml_document_delete(&d->tree);
}

yaml_node_t *doc_root(struct doc *d)
{
	return yaml_document_get_root_node(&d->tree);
}

bool doc_visit(struct doc *d, const yaml_node_t *n)
{
	if (++d->visits == DOC_VISITS_MAX) {
		struct place at = doc_place(d, n);

		diag_add(d->diag, &at, "too many values, with aliases repeated");
	}
	return d->visits < DOC_VISITS_MAX;
}

/* ASCII controls and those of U+0080 to U+009F, which terminals obey */
static bool has_controls(const yaml_node_t *n)
{
	const unsigned char *s = n->data.scalar.value;

	for (size_t i = 0; i < n->data.scalar.length; i++)
		if (s[i] < ' ' || s[i] == 0x7f || (s[i] == 0xc2 && s[i + 1] < 0xa0))
			return true;
	return false;
}

int doc_check(const yaml_node_t *n, struct err *e)
{
	static const char *const untagged[] = {
		[YAML_SCALAR_NODE] = YAML_STR_TAG,
		[YAML_SEQUENCE_NODE] = YAML_SEQ_TAG,
		[YAML_MAPPING_NODE] = YAML_MAP_TAG,
	};

	if (strcmp((const char *)n->tag, untagged[n->type]) != 0)
		return err_set(e, -EINVAL, "tags are not understood");
	if (n->type == YAML_SCALAR_NODE && has_controls(n))
		return err_set(e, -EINVAL, "control characters are not allowed");
	return 0;
}

const char *doc_text(const yaml_node_t *n)
{
	return n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : NULL;
}

bool doc_is_plain(const yaml_node_t *n)
{
	return n->type == YAML_SCALAR_NODE && n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

bool doc_is_null(const yaml_node_t *n)
{
	static const char *const null[] = { "", "~", "null", "Null", "NULL" };

	for (size_t i = 0; i < ARRAY_LEN(null); i++)
		if (doc_is_plain(n) && strcmp(doc_text(n), null[i]) == 0)
			return true;
	return false;
}

const char *doc_kind(const yaml_node_t *n)
{
	if (n->type == YAML_SEQUENCE_NODE)
		return "a list";
	if (n->type == YAML_MAPPING_NODE)
		return "a mapping";
	return doc_is_null(n) ? "nothing" : "text";
}
