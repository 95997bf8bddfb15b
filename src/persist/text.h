/* SPDX-License-Identifier: MIT */
/* What the backends share: text that grows, notes, versions, names, files that are no longer wished. */
#ifndef DOROCE_PERSIST_TEXT_H
#define DOROCE_PERSIST_TEXT_H

#include "persist/persist.h"

/* Text that grows in an arena, with a NUL at its end. Set arena, zero the rest. */
struct text {
	struct arena *arena;
	char *at;
	size_t n, room;
};

void text_add(struct text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* "from 10.0.0.1 lookup 101 priority 32761": how ip(8) takes the rule. */
void text_add_rule(struct text *t, const struct rule *ru);

/* "10.0.0.0/24 dev p0 src 10.0.0.1 table 101 metric 0": how ip(8) takes the route. */
void text_add_route(struct text *t, const struct route *rt, const char *netdev);

/* A new file with the mark and nothing else yet. */
struct text persist_file(struct arena *a);

/* What is ours among the files seen in dir ("/etc/x/") and not among the wishes from the first-th on
 * shall be gone. */
void persist_gone(const struct persist_in *in, struct file_wishes *ret, size_t first,
		  const char *dir, const char *why);

void persist_note_add(const struct persist_in *in, struct persist_notes *notes,
		      const struct port *p, bool fatal, const char *fmt, ...) PRINTF_LIKE(5, 6);

/* Tell that `who` makes rules without the protocol that ours have. */
void persist_note_protocol(const struct persist_in *in, struct persist_notes *notes,
			   const char *who);

/* True when the version is known and older than major.minor. */
bool version_is_before(const char *version, unsigned int major, unsigned int minor);

/* True when the name is ASCII letters, digits, and characters of `also`. */
bool name_is_plain(const char *name, const char *also);

/* True when it is UTF-8, as every text of D-Bus must be. */
bool name_is_utf8(const char *name);

/* True when the name ends in what editors and package managers leave behind, which the readers of
 * ifcfg-NAME files pass over. */
bool name_looks_left_over(const char *name);

/* True when the wish has an address: without one a whole profile of a manager would take away what
 * the port has by other means. Tells of an MTU that is lost so; and, fatal, of a device that
 * another file makes (a bridge, a macvlan), which must hold its addresses, too. False of a
 * bond, too: see bond_note(). */
bool persist_has_profile(const struct persist_in *in, const struct wish *w,
			 struct persist_notes *notes);

/* True when the wish has a route, a rule, an address of the family. */
bool wish_has_route(const struct wish *w, uint8_t family);
bool wish_has_rule(const struct wish *w, uint8_t family);
bool wish_has_addr(const struct wish *w, uint8_t family);

/* One line of a file: text from at, len bytes without the newline, number from 1. */
struct line {
	const char *at;
	size_t len;
	unsigned int number;
};

/* The next line; first with a zeroed one. False: there is none. */
bool line_next(const struct file *f, struct line *l);

/* The value of the line KEY=VALUE, without the quotes around it, in the arena; NULL: another line. */
const char *line_value(struct arena *a, const struct line *l, const char *key);

/* The value of the first such line of the file; NULL: none has the key. ret_line: may be NULL. */
const char *file_value(struct arena *a, const struct file *f, const char *key,
		       unsigned int *ret_line);

/* The name behind the last slash. */
const char *file_name(const struct file *f);

/* True when the file is one that nv-mlnxipcfg.py left, by its name and what is in it. */
bool script_wrote(struct arena *a, const struct file *f);

#endif
