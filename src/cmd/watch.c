/* SPDX-License-Identifier: MIT */
/* doroce watch: stays, and tells what becomes worse and what becomes better. */
#include "cmd/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cmd/state.h"
#include "cmd/verify.h"
#include "cmd/watch_line.h"
#include "kern/events.h"
#include "validate/watch.h"

enum {
	QUIET_MS = 200,  /* a burst is over when nothing came for so long … */
	LIMIT_MS = 1000, /* … and is looked into after so long in any case */
	INTERVAL_S = 60,
};

/* When the next look is due. first_ms: the first event that no look has followed, 0: none; last_ms: the newest. */
struct pace {
	uint64_t first_ms, last_ms, regular_ms;
	uint32_t interval_s;
};

/* intent: as it was read, in its arena. now: the look that is being made. blind: nothing could be looked at last time. */
struct watching {
	const struct options *o;
	struct events *events;
	struct arena arena;
	struct session intent, now;
	struct watch seen;
	struct pace pace;
	bool blind;
};

static void pace_event(struct pace *p)
{
	p->last_ms = clock_now_ms();
	if (!p->first_ms)
		p->first_ms = p->last_ms;
}

static void pace_looks(struct pace *p)
{
	p->first_ms = 0;
	p->regular_ms = clock_now_ms() + 1000ULL * p->interval_s;
}

/* Until the next look; 0: it is due. */
static int pace_wait_ms(const struct pace *p)
{
	uint64_t now = clock_now_ms(), due = p->regular_ms;

	if (p->first_ms && due > p->first_ms + LIMIT_MS)
		due = p->first_ms + LIMIT_MS;
	if (p->first_ms && due > p->last_ms + QUIET_MS)
		due = p->last_ms + QUIET_MS;
	return due > now ? (int)(due - now) : 0;
}

/* Those that look at this node and its wires, and connect with nobody; with --peer that one, too. */
static void stages_default(struct watching *w, struct verify_options *vo)
{
	const unsigned int local = 1u << VERIFY_SETTINGS | 1u << VERIFY_LINK | 1u << VERIFY_GID | 1u << VERIFY_ROUTE |
				   1u << VERIFY_NEIGHBOUR | 1u << VERIFY_QOS;

	if (!vo->stages)
		vo->stages = local;
	if (!w->o->stages.n && w->o->peers.n)
		vo->stages |= 1u << VERIFY_PEER;
	if (!(vo->stages & 1u << VERIFY_PEER))
		vo->peers_n = 0;
}

static void add_ports(struct session *s)
{
	watch_ports(&CONTAINER_OF(s, struct watching, now)->seen, &s->node, s->arena);
}

/* What can not be looked at is told once. */
static void blind_tell(struct watching *w, const char *why)
{
	if (!w->blind)
		watch_note(w->o->json, VERDICT_FAIL, why);
	w->blind = true;
}

static const char *first_line(char *text)
{
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static int verify_node(struct watching *w)
{
	struct watch_changes changes = { 0 };
	struct verify v;
	struct err e = { 0 };
	int r = verify_of(&w->now, w->o, &v);

	if (r)
		return r;
	stages_default(w, &v.o);
	if (verify_run(&v, &e) < 0) {
		blind_tell(w, e.text);
		return EXIT_OK;
	}
	if (w->blind)
		watch_note(w->o->json, VERDICT_PASS, "can be looked at again");
	w->blind = false;
	watch_look(&w->seen, &v, w->now.arena, &changes);
	for vec_each(c, &changes)
		watch_line(w->o->json, c);
	return EXIT_OK;
}

/* EXIT_OK; EXIT_USAGE: the options are wrong. */
static int look(struct watching *w)
{
	auto_arena a = { 0 };
	struct diag d = { .arena = &a };
	struct err e = { 0 };

	pace_looks(&w->pace);
	w->now = w->intent;
	w->now.arena = &a;
	w->now.add_ports = add_ports;
	int r = session_look(&w->now, &d, &e), status = EXIT_OK;
	if (r == 0)
		status = verify_node(w);
	else if (r == -EINTR)
		pace_event(&w->pace);
	else
		blind_tell(w, d.n ? first_line(diag_text(&d)) : e.code ? e.text : "the files can not be worked out");
	events_devices(w->events, &w->seen.concern);
	fflush(stdout);
	return status;
}

/* A bad intent changes nothing. */
static void reload(struct watching *w)
{
	auto_arena a = { 0 };
	struct session s = { .kern = w->intent.kern };

	if (session_intent(&s, w->o, &a) != EXIT_OK) {
		watch_note(w->o->json, VERDICT_FAIL, "the intent could not be read again: the one before is kept");
		fflush(stdout);
		return;
	}
	arena_done(&w->arena);
	w->arena = a;
	a = (struct arena){ 0 };
	w->intent = s;
	w->intent.arena = &w->arena;
	watch_forget(&w->seen);
	watch_note(w->o->json, VERDICT_PASS, "the intent was read again");
	pace_event(&w->pace);
}

/* The signal that came, 0: none. */
static int signal_take(int fd)
{
	struct signalfd_siginfo si;

	return read(fd, &si, sizeof(si)) == sizeof(si) ? (int)si.ssi_signo : 0;
}

static int watch_loop(struct watching *w, int signals)
{
	struct pollfd fd[] = { { .fd = signals, .events = POLLIN }, { .fd = events_fd(w->events), .events = POLLIN } };

	for (;;) {
		int wait_ms = pace_wait_ms(&w->pace), n = poll(fd, ARRAY_LEN(fd), wait_ms), r = EXIT_OK;

		if (n < 0 && errno != EINTR)
			return complain(EXIT_FAILED, "poll: %s", strerror(errno));
		int got = n > 0 && fd[0].revents ? signal_take(signals) : 0;
		if (got == SIGHUP)
			reload(w);
		else if (got)
			return EXIT_OK;
		if (n > 0 && fd[1].revents && events_take(w->events, &w->seen.concern))
			pace_event(&w->pace);
		if (!pace_wait_ms(&w->pace))
			r = look(w);
		if (r)
			return r;
	}
}

static void begun_tell(const struct watching *w, struct arena *a)
{
	watch_note(w->o->json, VERDICT_PASS,
		   arena_printf(a, "watching %zu port%s, %zu finding%s", w->seen.ports.n, w->seen.ports.n == 1 ? "" : "s",
				w->seen.facts.n, w->seen.facts.n == 1 ? "" : "s"));
	fflush(stdout);
}

static void watching_done(struct watching *w)
{
	events_close(w->events);
	watch_done(&w->seen);
	arena_done(&w->arena);
}

int watch(const struct options *o, struct kern *k)
{
	__attribute__((cleanup(watching_done))) struct watching w = { .o = o, .intent = { .kern = k } };
	struct err e = { 0 };

	w.pace.interval_s = INTERVAL_S;
	int r = o->interval ? option_number("interval", o->interval, 1, 86400, &w.pace.interval_s) : EXIT_OK;
	if (r == EXIT_OK)
		r = session_intent(&w.intent, o, &w.arena);
	if (r)
		return r;
	auto_fd signals = signals_fd();
	/* before the first look: what changes during it is not lost */
	w.events = events_open(&e);
	if (!w.events)
		return complain(EXIT_FAILED, "%s", e.text);
	r = look(&w);
	if (r)
		return r;
	begun_tell(&w, &w.arena);
	return watch_loop(&w, signals);
}

int cmd_watch(struct options *o, struct arena *a, char **operand)
{
	struct err e = { 0 };
	auto_kern *k = kern_linux_open(&e);

	(void)a;
	(void)operand;
	return k ? watch(o, k) : complain(EXIT_FAILED, "%s", e.text);
}
