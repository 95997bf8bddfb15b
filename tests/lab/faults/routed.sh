# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Two hosts behind one router, a subnet and a gateway for each port. Of the router p0 and p1 lead to a, p2 and p3 to b.

in_topology routed 4

# way_a [GATEWAY]: the intent of a; its p0 has this gateway.
way_a() {
	intent a 'ports:' "  - {match: {netdev: p0}, addresses: [10.10.0.1/24], gateway: ${1:-10.10.0.254}}" \
		'  - {match: {netdev: p1}, addresses: [10.11.0.1/24], gateway: 10.11.0.254}' 'verify: {peers: [10.12.0.1]}'
}

# forwards HOOK STATEMENT...: what the router does with packets.
forwards() {
	on r nft "add table ip fault; add chain ip fault c { type filter hook $1 priority 0; }; add rule ip fault c ${*:2}"
}

forwards_right() {
	on r nft delete table ip fault
}
