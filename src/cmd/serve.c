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
#include "validate/cm/cm.h"
#include "validate/peer/inventory.h"

static inline void responder_drop(struct cm_responder **r)
{
	cm_responder_close(*r);
}

static inline void server_drop(struct inventory_server **s)
{
	inventory_server_close(*s);
}

#define auto_responder __attribute__((cleanup(responder_drop))) struct cm_responder
#define auto_server __attribute__((cleanup(server_drop))) struct inventory_server

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
		int n = poll(fd, ARRAY_LEN(fd), cm_responder_timeout_ms(cm));

		if (n < 0 && errno != EINTR)
			return complain(EXIT_FAILED, "poll: %s", strerror(errno));
		if (n > 0 && fd[0].revents)
			return EXIT_OK;
		if (n > 0 && fd[1].revents)
			inventory_server_work(ports);
		cm_responder_work(cm);
	}
}

int cmd_serve(struct options *o, struct arena *a, char **operand)
{
	auto_session s = { .arena = a };
	struct err e = { 0 };
	uint16_t service;
	int r = service_option(o, &service);

	(void)operand;
	if (r)
		return r;
	s.kern = kern_linux_open(&e);
	auto_server *ports = s.kern ? inventory_server_open(s.kern, service, &e) : NULL;
	auto_responder *cm = ports ? cm_responder_open(service, NULL, &e) : NULL;
	if (!cm)
		return complain(EXIT_FAILED, "serve: %s", e.text);
	auto_fd signals = signals_open();
	printf("serving on TCP and RDMA port %u\n", service);
	fflush(stdout);
	r = serve(ports, cm, signals);
	struct cm_counts n = cm_responder_counts(cm);
	printf("%lu connects, %lu answered, %lu dropped\n", n.connects, n.answered, n.dropped);
	return r;
}
