# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Two hosts, two ports each, one subnet on one switch.

in_topology two-hosts 4

# a_wishes DEFAULT: the intent of a, with one more default.
a_wishes() {
	intent a "defaults: {mtu: 4200, $1}" 'verify: {peers: [10.9.0.11]}' 'ports:' "$(ports_of a 4)"
}

# for_all HOST NAME VALUE: of net.ipv4.conf.all.
for_all() {
	on "$1" sysctl -qw "net.ipv4.conf.all.$2=$3"
}

# arp_of IGNORE FILTER RP_FILTER: of both ports of b.
arp_of() {
	local port
	for port in p0 p1; do
		on b sysctl -qw "net.ipv4.conf.$port.arp_ignore=$1" "net.ipv4.conf.$port.arp_filter=$2" \
			"net.ipv4.conf.$port.rp_filter=$3"
	done
}

rules_of_b_go() {
	on b ip rule del from 10.9.0.11
	on b ip rule del from 10.9.0.12
}

is_verifying() {
	pgrep -f '^doroce verify' >/dev/null
}

# While one verify runs the clock goes on by a day, while the next one does, back.
clock_jumps() {
	local day
	for day in +1 -1; do
		until is_verifying; do :; done
		date -s "$day day" >/dev/null
		while is_verifying; do :; done
	done
}
