# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The state of a host, read by another program than doroce (snapshot/snapshot.c): equal states are equal text.

snapshot_program=lab-snapshot

# snapshot HOST: links, addresses, routes of all tables and rules of both families, settings of net.ipv4.conf, the
# MTU that IPv6 goes by, and what has been written below /etc, with mode and owner.
snapshot() {
	on "$1" "$snapshot_program" "$lab_hosts/$1/etc"
}
lab_hosts=$LAB_WORK/hosts

# settled HOST: no address is tentative.
settled() {
	[[ ! $(on "$1" ip -6 address show tentative) ]]
}

# snapshot_settled HOST: when IPv6 has come to an end with its addresses.
snapshot_settled() {
	wait_for 10 settled "$1"
	snapshot "$1"
}

# expect_snapshot HOST TEXT WHEN: the host is again as it was. What the kernel does by itself after a link came up or
# went down (carrier, IPv6) is waited for, and only that: nothing is changed meanwhile.
expect_snapshot() {
	local now n
	for ((n = 0; n < 40; n++)); do
		now=$(snapshot "$1")
		if [[ $now == "$2" ]]; then return; fi
		sleep 0.1
	done
	fail "$1 is not as it was, $3:"$'\n'"$(diff <(echo "$2") <(echo "$now") || true)"
}
