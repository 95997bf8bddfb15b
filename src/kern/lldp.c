/* SPDX-License-Identifier: MIT */
/* LLDP frames as they come in at ports: one socket, told to take the multicast address of each. */
#include "kern/lldp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/clock.h"

enum { ETHERTYPE_LLDP = 0x88cc, FRAME_ROOM = 16 * 1024 };

static const uint8_t nearest_bridge[ETH_ALEN] = { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e };

/* The kernel takes the addresses away again when the socket is closed. */
static bool join(int fd, int ifindex)
{
	struct packet_mreq m = { .mr_ifindex = ifindex, .mr_type = PACKET_MR_MULTICAST, .mr_alen = ETH_ALEN };

	memcpy(m.mr_address, nearest_bridge, ETH_ALEN);
	return setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &m, sizeof(m)) == 0;
}

/* True when it is the first frame of one of the ports. What else comes is passed over. */
static bool frame_keep(struct lldp_frame *f, size_t n, int ifindex, const uint8_t *frame, size_t len, struct arena *a)
{
	if (len < ETH_HLEN || memcmp(frame, nearest_bridge, ETH_ALEN) != 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (f[i].ifindex != ifindex || f[i].bytes)
			continue;
		f[i].len = len - ETH_HLEN;
		f[i].bytes = memcpy(arena_alloc(a, f[i].len + 1), frame + ETH_HLEN, f[i].len);
		return true;
	}
	return false;
}

/* Take what is waiting. How many ports got their frame by it. */
static size_t hear(int fd, struct lldp_frame *f, size_t n, struct arena *a)
{
	struct sockaddr_ll from = { 0 };
	uint8_t frame[FRAME_ROOM];
	size_t heard = 0;

	for (;;) {
		socklen_t size = sizeof(from);
		ssize_t len = recvfrom(fd, frame, sizeof(frame), 0, (void *)&from, &size);

		if (len < 0)
			return heard;
		if (from.sll_pkttype != PACKET_OUTGOING)
			heard += frame_keep(f, n, from.sll_ifindex, frame, (size_t)len, a);
	}
}

int lldp_hear_all(struct lldp_frame *f, size_t n, unsigned int limit_ms, struct arena *a, struct err *e)
{
	auto_fd fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETHERTYPE_LLDP));
	struct pollfd in = { .fd = fd, .events = POLLIN };
	uint64_t end = clock_now_ms() + limit_ms;
	size_t left = 0;

	if (fd < 0)
		return err_sys(e, "open a socket for LLDP");
	for (size_t i = 0; i < n; i++)
		left += join(fd, f[i].ifindex);
	for (uint64_t now = clock_now_ms(); left && now < end; now = clock_now_ms())
		if (poll(&in, 1, (int)(end - now)) > 0)
			left -= min_size(left, hear(fd, f, n, a));
	return 0;
}
