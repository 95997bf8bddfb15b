/* SPDX-License-Identifier: MIT */
/* doroce serve: answers peers' verify. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

#include "base/cleanup.h"
#include "cmd/session.h"
#include "cmd/verify.h"
#include "kern/drop.h"
#include "validate/admit/admit.h"
#include "validate/cm/cm.h"
#include "validate/cm/conn.h"
#include "validate/peer/inventory.h"

/* Buffers of all connects that may be open at once, and as much again for their queues. */
enum { LOW_PORTS = 1024, LOCKED_BYTES = 128 * 1024 * 1024 };

static inline void responder_drop(struct cm_responder **r)
{
	cm_responder_close(*r);
}

static inline void server_drop(struct inventory_server **s)
{
	inventory_server_close(*s);
}

static inline void admit_drop(struct admit **a)
{
	admit_free(*a);
}

#define auto_responder __attribute__((cleanup(responder_drop))) struct cm_responder
#define auto_server __attribute__((cleanup(server_drop))) struct inventory_server
#define auto_admit __attribute__((cleanup(admit_drop))) struct admit

static int signals_open(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int serve(struct inventory_server *ports, struct cm_responder *cm, int signals)
{
	struct pollfd fd[] = { { .fd = signals, .events = POLLIN },
			       { .fd = inventory_server_fd(ports), .events = POLLIN },
			       { .fd = cm_responder_fd(cm), .events = POLLIN } };

	for (;;) {
		int n = poll(fd, ARRAY_LEN(fd), conn_earlier(cm_responder_timeout_ms(cm), inventory_server_timeout_ms(ports)));

		if (n < 0 && errno != EINTR)
			return complain(EXIT_FAILED, "poll: %s", strerror(errno));
		if (n > 0 && fd[0].revents)
			return EXIT_OK;
		inventory_server_work(ports);
		cm_responder_work(cm);
	}
}

/* What the intent allows; else what follows from ports, their routes and the peers. An intent that does not fit the
 * node leaves what the kernel has. */
static void sources(void *user, const struct node *n, struct arena *a, struct prefixes *ret)
{
	const struct session *s = user;
	struct diag d = { .arena = a };
	struct remarks remarks = { 0 };
	struct wishes w = { 0 };

	for vec_each(p, &s->intent.serve.allow)
		*vec_add(a, ret) = *p;
	if (s->intent.serve.says_allow)
		return;
	bool fits = s->has_intent && intent_resolve(&s->intent, n, a, &w, &remarks, &d) == 0;
	sources_find(n, fits ? &w : NULL, a, ret);
	for vec_each(p, &s->intent.peers)
		*vec_add(a, ret) = (struct prefix){ p->v, (uint8_t)(8 * ip_size(p->v.family)) };
}

static void on_refusal(void *user, const char *text)
{
	(void)user;
	fprintf(stderr, "doroce: serve: %s\n", text);
}

static void counts_print(const struct cm_responder *cm, const struct admit *who)
{
	struct cm_counts n = cm_responder_counts(cm);
	struct admit_counts refused = admit_counts(who);

	printf("%lu connects, %lu answered, %lu dropped\n", n.connects, n.answered, n.dropped);
	if (refused.refused[0])
		printf("%lu refused: %lu not allowed, %lu without the key, %lu too many\n", refused.refused[0],
		       refused.refused[WIRE_NOT_ALLOWED],
		       refused.refused[WIRE_WANTS_KEY] + refused.refused[WIRE_WRONG_KEY], refused.refused[WIRE_BUSY]);
}

static int serve_as(const struct admit_rules *rules, struct session *s)
{
	const struct drop drop = { .low_port = rules->service < LOW_PORTS, .locked_bytes = LOCKED_BYTES };
	struct err e = { 0 };
	auto_admit *who = admit_new(rules);

	if (!who)
		return complain(EXIT_FAILED, "serve: %s", strerror(errno));
	if (drop_rights(&drop, &e) < 0)
		return complain(EXIT_FAILED, "serve: %s", e.text);
	auto_server *ports = inventory_server_open(s->kern, who, &e);
	auto_responder *cm = ports ? cm_responder_open(rules->service, NULL, &e) : NULL;
	if (!cm)
		return complain(EXIT_FAILED, "serve: %s", e.text);
	cm_responder_guard(cm, who);
	auto_fd signals = signals_open();
	printf("serving on TCP and RDMA port %u%s\n", rules->service, rules->key ? ", with a key" : "");
	fflush(stdout);
	int r = serve(ports, cm, signals);
	counts_print(cm, who);
	return r;
}

int cmd_serve(struct options *o, struct arena *a, char **operand)
{
	auto_session s = { 0 };
	struct admit_rules rules = { .sources = sources, .log = on_refusal, .user = &s };
	int r = session_intent(&s, o, a);

	(void)operand;
	if (r == EXIT_OK)
		r = service_option(o, &rules.service);
	if (r == EXIT_OK)
		r = key_option(o, s.intent.serve.key_file, a, &rules.key);
	rules.kern = s.kern;
	return r == EXIT_OK ? serve_as(&rules, &s) : r;
}
