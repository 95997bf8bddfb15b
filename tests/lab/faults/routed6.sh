# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Two hosts behind one router, IPv6 alone: a prefix and a gateway for each port. Of the router p0 and p1 lead to a.

in_topology routed 6

forwards6() {
	on r nft "add table ip6 fault; add chain ip6 fault c { type filter hook $1 priority 0; }; add rule ip6 fault c ${*:2}"
}

forwards6_right() {
	on r nft delete table ip6 fault
}
