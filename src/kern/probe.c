/* SPDX-License-Identifier: MIT */
/* Is an address free on the wire? Asked before it is put on a port (RFC 5227). */
#include "kern/probe.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/clock.h"

/* Ports on one wire hear each other's probes: room for a round of many. */
enum { HEARD_BYTES = 8 * 1024 * 1024 };

static bool is_own(const uint8_t *mac, const struct own_macs *own)
{
	for (size_t i = 0; i < own->n; i++)
		if (memcmp(own->at[i], mac, MAC_LEN) == 0)
			return true;
	return false;
}

bool probe_is_answered(const struct probe *p, const struct arp_heard *h, const struct own_macs *own)
{
	static const struct ip nobody = { .family = AF_INET };

	if (h->ifindex != p->ifindex)
		return false;
	bool has = ip_equal(&h->sender, &p->ip);
	bool asks = !h->is_reply && ip_equal(&h->sender, &nobody) && ip_equal(&h->target, &p->ip);
	return (has || asks) && !is_own(h->mac, own);
}

static void hear(int fd, struct probe *p, size_t n, const struct own_macs *own)
{
	struct arp_heard h;

	while (arp_hear(fd, &h))
		for (size_t i = 0; i < n; i++) {
			if (p[i].taken || !probe_is_answered(&p[i], &h, own))
				continue;
			p[i].taken = true;
			memcpy(p[i].holder, h.mac, MAC_LEN);
		}
}

/* Hear until then. */
static void listen_until(int fd, uint64_t end_ms, struct probe *p, size_t n, const struct own_macs *own)
{
	struct pollfd in = { .fd = fd, .events = POLLIN };

	for (uint64_t now = clock_now_ms(); now < end_ms; now = clock_now_ms())
		if (poll(&in, 1, (int)(end_ms - now)) > 0)
			hear(fd, p, n, own);
}

/* A full queue loses one probe of three, and says nothing of the address. */
static void ask(int fd, struct probe *p)
{
	static const struct ip no_sender;
	int r = p->unasked ? 0 : arp_request(fd, p->ifindex, p->mac, &no_sender, &p->ip);

	p->unasked |= r < 0 && r != -ENOBUFS && r != -EAGAIN;
}

int probe_all(struct probe *p, size_t n, const struct own_macs *own, struct err *e)
{
	auto_fd fd = arp_open(true, e);
	int bytes = HEARD_BYTES;

	if (fd < 0)
		return fd;
	/* beyond the limit of the system where we may; else up to it */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	for (size_t round = 0; round < PROBE_N; round++) {
		uint64_t start = clock_now_ms();

		for (size_t i = 0; i < n; i++) {
			ask(fd, &p[i]);
			hear(fd, p, n, own);
		}
		listen_until(fd, start + (round < PROBE_N - 1 ? PROBE_EVERY_MS : PROBE_LISTEN_MS), p, n, own);
	}
	return 0;
}
