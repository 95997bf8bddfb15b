/* SPDX-License-Identifier: MIT */
/* A fake node together with what is wished of it: the whole way from intent to transaction. */
#ifndef DOROCE_TESTS_FAKE_SITE_H
#define DOROCE_TESTS_FAKE_SITE_H

#include "apply/txn.h"
#include "fake/kern.h"

/* fake, in, files and options may be changed between the steps; the rest is their outcome.
 * dir: of site_tempdir(), else -1. files: wished beside the intent; more: settings wished of every port and of the node beside it. options: without a journal at first. id: of the journal, 0 none. */
struct site {
	struct fake fake;
	int dir;
	struct arena arena;
	struct intent in;
	struct file_wishes files;
	struct wish more;
	struct node node;
	struct wishes wishes;
	struct remarks remarks;
	struct diag diag;
	struct plan plan;
	struct txn_options options;
	struct txn txn;
	unsigned int id;
	struct err err;
};

/* A fake_node() and an intent: the sequence `from` (NULL: none) for every RoCE port. */
struct site *site_new(size_t ports, unsigned int flags, const char *from);
void site_free(struct site *s);

static inline void site_drop(struct site **s)
{
	site_free(*s);
}

#define auto_site __attribute__((cleanup(site_drop))) struct site

/* Of a test whose state begins with a pointer to its site. */
int site_teardown(void **state);

/* A new directory, which goes with the site. Not its journal's by itself. */
int site_tempdir(struct site *s);

/* Two ports on which nothing is as wished, p1 down, foreign state beside, and files that come, change and go:
 * the plan has a change of each setting of the table. */
struct site *site_every_setting(void);

/* Read the node and resolve the intent anew. 0, -EINVAL with s->diag filled. */
int site_resolve(struct site *s);

/* The same, and the plan. Only for intents without faults. */
void site_plan(struct site *s);

/* site_plan() and its transaction, with s->err. */
int site_configure(struct site *s);

/* Run f(user) as a process that dies at write n from here, its files closed. True: there was such a write. */
bool site_dies(struct site *s, int (*f)(void *user), void *user, size_t n);

/* An entry of `ports:` that matches the netdev (a glob), at line and column 1. */
struct port_intent *site_entry(struct site *s, const char *netdev, unsigned int line);
void site_address(struct site *s, struct port_intent *pi, const char *prefix, unsigned int line);
void site_gateway(struct port_intent *pi, const char *ip, unsigned int line);
void site_number(struct port_intent *pi, enum setting_id id, uint32_t v);

/* A list that is wished: count places, all LIST_ANY but those given as pairs of place and number, -1 at the end. */
void site_list(struct site *s, enum setting_id id, ...);

/* A NIC on each port, with all that settings of QoS need: DCB, global pause, the files of OFED and of rdma_cm. */
void site_nics(struct site *s);

/* The RoCE ports are ConnectX with this firmware ("28.40.1000") and mstreg, and DCQCN is on. */
void site_connectx(struct site *s, const char *firmware);

/* A file that is there; one that is wished, text NULL: gone. */
void site_file_add(struct site *s, const char *path, const char *text);
void site_file(struct site *s, const char *path, const char *text);

/* The port, the wish, the change of the netdev; NULL: there is none. */
const struct port *site_port(const struct site *s, const char *netdev);
const struct wish *site_wish(const struct site *s, const char *netdev);
const struct op *site_op(const struct site *s, const char *netdev, enum setting_id id);

#endif
