/* SPDX-License-Identifier: MIT */
/* Neighbour solicitations and advertisements of IPv6 as they are on the wire. */
#include "kern/nd.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>
#include <netpacket/packet.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"

enum {
	PACKET_BYTES = 1500, /* one with all its options */
	HOPS = 255,	     /* less: it came through a router, RFC 4861 7.1 */
	TYPE_AT = sizeof(struct ip6_hdr),
	/* solicitation and advertisement are the same up to here */
	FIXED_BYTES = sizeof(struct ip6_hdr) + sizeof(struct nd_neighbor_advert),
	OPTION_UNIT = 8,
};

/* The kernel sorts out everything else: there may be much of it. */
static int filter_attach(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, offsetof(struct ip6_hdr, ip6_nxt)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6, 0, 4),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, TYPE_AT),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ND_NEIGHBOR_SOLICIT, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ND_NEIGHBOR_ADVERT, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, PACKET_BYTES),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { .len = ARRAY_LEN(code), .filter = code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

int nd_open(struct err *e)
{
	struct sockaddr_ll all = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IPV6) };
	/* deaf until it has its filter */
	auto_fd fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || filter_attach(fd) < 0 || bind(fd, (void *)&all, sizeof(all)) < 0)
		return err_sys(e, "open a socket for neighbour discovery");
	return TAKE_FD(fd);
}

/* The MAC address that an option of the type tells, if there is one. */
static void option_read(const uint8_t *at, const uint8_t *end, uint8_t type, uint8_t mac[MAC_LEN])
{
	while (end - at >= OPTION_UNIT && at[1] && end - at >= at[1] * OPTION_UNIT) {
		if (at[0] == type && at[1] == 1)
			memcpy(mac, at + 2, MAC_LEN);
		at += at[1] * OPTION_UNIT;
	}
}

bool nd_parse(const void *packet, size_t n, const uint8_t mac[MAC_LEN], struct nd_heard *ret)
{
	struct nd_neighbor_advert na;
	struct ip6_hdr ip;
	const uint8_t *bytes = packet;

	if (n < FIXED_BYTES)
		return false;
	memcpy(&ip, bytes, sizeof(ip));
	memcpy(&na, bytes + TYPE_AT, sizeof(na));
	bool advert = na.nd_na_type == ND_NEIGHBOR_ADVERT;
	if (ip.ip6_nxt != IPPROTO_ICMPV6 || ip.ip6_hlim != HOPS || (!advert && na.nd_na_type != ND_NEIGHBOR_SOLICIT))
		return false;
	ret->is_advert = advert;
	ret->sender = ip_of(AF_INET6, &ip.ip6_src);
	ret->target = ip_of(AF_INET6, &na.nd_na_target);
	memcpy(ret->mac, mac, MAC_LEN);
	option_read(bytes + FIXED_BYTES, bytes + n,
		    advert ? ND_OPT_TARGET_LINKADDR : ND_OPT_SOURCE_LINKADDR, ret->mac);
	return true;
}

bool nd_hear(int fd, struct nd_heard *ret)
{
	uint8_t packet[PACKET_BYTES];
	struct sockaddr_ll from;

	for (;;) {
		socklen_t size = sizeof(from);
		ssize_t n = recvfrom(fd, packet, sizeof(packet), 0, (void *)&from, &size);

		if (n < 0)
			return false;
		if (from.sll_pkttype == PACKET_OUTGOING || !nd_parse(packet, (size_t)n, from.sll_addr, ret))
			continue;
		ret->ifindex = from.sll_ifindex;
		return true;
	}
}
