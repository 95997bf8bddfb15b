/* SPDX-License-Identifier: MIT */
/* A YAML document whose values know their place. */
#ifndef DOROCE_INTENT_DOC_H
#define DOROCE_INTENT_DOC_H

#include <yaml.h>

#include "base/diag.h"
#include "base/err.h"

/* VISITS: entries that are looked at, each time anew where aliases repeat them. */
enum { DOC_BYTES_MAX = 1024 * 1024, DOC_DEPTH_MAX = 64, DOC_VISITS_MAX = 100000 };

/* Set arena, diag and file; zero the rest. */
struct doc {
	struct arena *arena;
	struct diag *diag;
	const char *file;
	size_t visits;
	yaml_document_t tree;
};

/* Parse text (UTF-8, one document) into d->tree. 0, -EINVAL with the errors in d->diag: after a
 * second document only, the first one is in d->tree nevertheless. */
int doc_load(struct doc *d, const char *text);
void doc_done(struct doc *d);

#define auto_doc __attribute__((cleanup(doc_done))) struct doc

/* The outermost value, NULL when there is none. */
yaml_node_t *doc_root(struct doc *d);

struct place doc_place(const struct doc *d, const yaml_node_t *n);

/* Count one entry. False, with the error told once, when there are more than DOC_VISITS_MAX. */
bool doc_visit(struct doc *d, const yaml_node_t *n);

/* Line and column of the byte at text + offset. */
struct place doc_place_of_byte(const char *file, const char *text, size_t offset);

/* 0, -EINVAL for what no value may have: a tag, control characters. */
int doc_check(const yaml_node_t *n, struct err *e);

/* Null is written ~, null, or nothing. */
bool doc_is_null(const yaml_node_t *n);
bool doc_is_plain(const yaml_node_t *n); /* a scalar without quotes */

/* Text of a scalar, else NULL. It ends with the document. */
const char *doc_text(const yaml_node_t *n);

/* "a list", "a mapping", "text", "nothing": for messages. */
const char *doc_kind(const yaml_node_t *n);

#endif
