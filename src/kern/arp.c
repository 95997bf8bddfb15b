/* SPDX-License-Identifier: MIT */
/* ARP packets as they are on the wire. */
#include "kern/arp.h"

#include <errno.h>
#include <net/ethernet.h>
#include <netinet/if_ether.h>
#include <netpacket/packet.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"

int arp_open(bool hears, struct err *e)
{
	auto_fd fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			    hears ? htons(ETH_P_ARP) : 0);

	if (fd < 0)
		return err_sys(e, "open a socket for ARP");
	return TAKE_FD(fd);
}

int arp_request(int fd, int ifindex, const uint8_t mac[MAC_LEN], const struct ip *sender,
		const struct ip *target)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = ifindex,
		.sll_halen = MAC_LEN,
		.sll_addr = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	};
	struct ether_arp arp = {
		.ea_hdr = { .ar_hrd = htons(ARPHRD_ETHER), .ar_pro = htons(ETH_P_IP),
			    .ar_hln = MAC_LEN, .ar_pln = 4, .ar_op = htons(ARPOP_REQUEST) },
	};

	memcpy(arp.arp_sha, mac, MAC_LEN);
	if (sender->family)
		memcpy(arp.arp_spa, sender->bytes, sizeof(arp.arp_spa));
	memcpy(arp.arp_tpa, target->bytes, sizeof(arp.arp_tpa));
	return sendto(fd, &arp, sizeof(arp), 0, (void *)&to, sizeof(to)) < 0 ? -errno : 0;
}

bool arp_hear(int fd, struct arp_heard *ret)
{
	struct sockaddr_ll from = { .sll_pkttype = PACKET_OUTGOING };
	struct ether_arp arp;
	ssize_t n = sizeof(arp);

	while (n >= 0 && (from.sll_pkttype == PACKET_OUTGOING || n != sizeof(arp))) {
		socklen_t size = sizeof(from);

		n = recvfrom(fd, &arp, sizeof(arp), 0, (void *)&from, &size);
	}
	if (n < 0)
		return false;
	*ret = (struct arp_heard){
		.ifindex = from.sll_ifindex,
		.is_reply = arp.ea_hdr.ar_op == htons(ARPOP_REPLY),
		.sender = ip_of(AF_INET, arp.arp_spa),
		.target = ip_of(AF_INET, arp.arp_tpa),
	};
	memcpy(ret->mac, arp.arp_sha, MAC_LEN);
	return true;
}
