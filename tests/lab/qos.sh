# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Hosts whose ports are labnic pairs: their QoS by dcb and ethtool, faults, counters.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# nic HOST PORT FILE WORDS: a fault of the port, see netns-lab/labnic/README.
nic() {
	on "$1" tee "/sys/class/net/$2/labnic/$3" <<<"${*:4}" >/dev/null
}

# qos_state HOST: all that other programs tell of the QoS of its two ports.
qos_state() {
	# shellcheck disable=SC2016
	on "$1" sh -c 'for p in p0 p1; do
		for o in ets pfc app maxrate buffer dcbx; do echo "$p $o $(dcb -j "$o" show dev "$p" 2>&1)"; done
		ethtool -a "$p"
	done'
}

# expect_qos HOST TEXT WHEN
expect_qos() {
	local now
	now=$(qos_state "$1")
	[[ $now == "$2" ]] || fail "$1 is not as it was, $3:"$'\n'"$(diff <(echo "$2") <(echo "$now") || true)"
}

# dcb_shows HOST PORT OBJECT FILTER
dcb_shows() {
	expect 0 on "$1" dcb -j "$3" show dev "$2"
	expect_json "$4"
}

# prio_bytes HOST PORT WAY PRIO
prio_bytes() {
	on "$1" ethtool -S "$2" | sed -n "s/^ *$3_prio$4_bytes: //p"
}

# two_nics: two hosts on labnic, addresses and a lossless QoS wished and not yet configured. By netdevs: a port that comes
# again is the last one in a sequence.
two_nics() {
	topo two-hosts-labnic
	intent a 'profile: lossless' 'qos: {traffic_class: null}' 'verify: {peers: [10.9.0.11]}' 'ports:' \
		'- {match: {netdev: p0}, addresses: [10.9.0.1/24]}' '- {match: {netdev: p1}, addresses: [10.9.0.2/24]}'
	intent b 'profile: lossless' 'qos: {traffic_class: null}' 'verify: {peers: [10.9.0.1]}' 'sequence: {from: 10.9.0.11/24}'
}
