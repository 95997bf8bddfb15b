/* SPDX-License-Identifier: MIT */
/* The list of findings. A new way in which a check can fail is a row here. */
#include "validate/finding.h"

#include "validate/check.h"

const struct finding findings[FINDINGS] = {
	[FINDING_GATEWAY_SILENT] = { "gateway-silent", "neighbour.answer", "the gateway does not answer on this port",
		"what goes out of the subnet has nowhere to go",
		"is the gateway's address right, up, and in the VLAN of this port?" },
	[FINDING_PEER_SILENT] = { "peer-silent", "neighbour.answer", "the peer's port does not answer on this port",
		"without its MAC address no packet can be sent there",
		"cable and VLAN of this port; the peer's arp_ignore, arp_filter and rp_filter; is the peer configured?" },
	[FINDING_ARP_FLUX] = { "arp-flux", "neighbour.owner", "another port of the peer answers ARP for the address",
		"a packet sent to another port's MAC address is dropped there: its GID table lacks the address",
		"on the peer: doroce configure (sets arp_ignore 1, arp_announce 2 on its ports)" },
	[FINDING_ADDRESS_TWICE] = { "address-twice", "neighbour.owner", "somebody else has the address, too",
		"packets go now to the one, now to the other",
		"find the stranger's MAC address in the switch's table; one of both needs another address" },
	[FINDING_OTHER_PORT_ANSWERS] = { "other-port-answers", "neighbour.owner",
		"another port of the peer answers neighbour solicitations for the address",
		"a packet sent to another port's MAC address is dropped there: its GID table lacks the address",
		"on the peer: which port has the address (doroce show), and who speaks for it (ip -6 neigh show proxy)?" },
	[FINDING_OTHER_DEVICE] = { "other-device", "peer.connect", "the connect went over another RDMA device",
		"two RDMA devices have a GID for the address: what was proved is the other one",
		"take one of the devices off the netdev (rdma link)" },
	[FINDING_SOURCE_NOT_HERE] = { "source-not-here", "peer.connect", "the source address can not be bound",
		"the source address is not on this node, or is an IPv6 address that is tentative still",
		"doroce configure; ip -6 address show tentative" },
	[FINDING_SOURCE_WITHOUT_GID] = { "source-without-gid", "peer.connect", "the source address has no RDMA device",
		"the source address has no GID of the device's default RoCE type",
		"see stage gid; dmesg (\"unable to add gid\")" },
	[FINDING_NETWORK_UNREACHABLE] = { "network-unreachable", "peer.connect", "the kernel has no way to the peer",
		"there is no route from the source address, or its port is down", "see stages link and route" },
	[FINDING_CALL_REFUSED] = { "call-refused", "peer.connect", "a call of rdma_cm failed at once",
		"the call itself was refused", "see the text of the error" },
	[FINDING_NEXT_HOP_SILENT] = { "next-hop-silent", "peer.connect", "rdma_cm found no MAC address of the next hop",
		"the next hop does not answer ARP (IPv6: neighbour solicitations) on this port",
		"see stage neighbour; cable, VLAN, gateway, the peer's arp and rp_filter settings" },
	[FINDING_NO_PATH] = { "no-path", "peer.connect", "rdma_cm found no route", "the kernel found no path to the peer",
		"see stage route" },
	[FINDING_REQUEST_UNANSWERED] = { "request-unanswered", "peer.connect", "the peer did not answer the request",
		"the peer dropped the request or never saw it: wrong MAC address (ARP flux), it can not resolve our address, "
		"or UDP port 4791 is filtered",
		"see stage neighbour here and on the peer; firewalls between" },
	[FINDING_NO_LISTENER] = { "no-listener", "peer.connect", "rejected: nobody listens there (reason 8)",
		"no responder listens on that address", "on the peer: doroce serve" },
	[FINDING_NO_WAY_BACK] = { "no-way-back", "peer.connect", "rejected: the peer could not use the path (reason 12)",
		"the peer has no route back, or RoCE v1 was used over a gateway", "on the peer: doroce verify --stage route" },
	[FINDING_REFUSED_BY_ROUTE] = { "refused-by-route", "peer.connect", "rejected: the peer's route check (reason 28)",
		"the peer's own route check refused it: its way back to us leaves by another port, or its RoCE type differs",
		"on the peer: doroce verify --stage route" },
	[FINDING_REFUSED] = { "refused", "peer.connect", "rejected for another reason", "the peer refused the connect",
		"log of the peer's responder and kernel" },
	[FINDING_PAYLOAD_LOST] = { "payload-lost", "peer.connect", "the connect passed, the payload did not",
		"the connect passed and the payload was lost: an MTU on the path is smaller than ours, or packets are lost one way",
		"compare MTU on both ports and the switches between; counters of the ports" },
	[FINDING_PAYLOAD_FAILED] = { "payload-failed", "peer.connect", "the payload's work request failed",
		"the payload could not be sent or received", "counters of both ports" },
	[FINDING_CONNECT_STUCK] = { "connect-stuck", "peer.connect", "the connect stopped half way",
		"the peer or the network stopped answering half way",
		"MTU of the path; log of the peer's responder; --timeout" },
	[FINDING_PAYLOAD_CHANGED] = { "payload-changed", "peer.connect", "the payload arrived with other bytes",
		"bytes arrived changed: memory, driver or network damage the data",
		"take the port out of service; counters of the port and of the switch" },
	[FINDING_OTHER_PROTOCOL] = { "other-protocol", "peer.connect", "what answers speaks another protocol",
		"what answers there is no doroce of this version", "the same version on both nodes" },
	[FINDING_PEER_LEFT] = { "peer-left", "peer.connect", "the peer disconnected before it answered",
		"the peer ended the connection before the payload was answered", "is its responder still running?" },
};

void result_found(struct result *r, enum finding_id id)
{
	r->finding = &findings[id];
	r->why = r->finding->why;
	r->mend = r->finding->mend;
}

const char *result_name(const struct result *r)
{
	return r->finding ? r->finding->id : r->check->id;
}
