# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The state of a host, read by other programs than doroce and written so that equal states are equal text.

# Lifetimes and the time of a route's end run down by themselves; the order of dumps says nothing.
# shellcheck disable=SC2016
snapshot_filter='
	.[] | .[] | if has("addr_info") then
			{link: {ifname, flags, mtu, operstate, qdisc, txqlen, address, master}},
			(.ifname as $dev | .addr_info[] | del(.valid_life_time, .preferred_life_time) | {address: (. + {dev: $dev})})
		else {rule: .} end
	| tojson'

# snapshot HOST: links, addresses, routes of all tables and rules of both families, settings of net.ipv4.conf, the
# MTU that IPv6 goes by, and what has been written below /etc, with mode and owner. (Locked metrics of routes are in no
# JSON: text.)
snapshot() {
	# shellcheck disable=SC2016
	on "$1" sh -c '{
			{
				printf "%s\n" "address show" "rule show" | ip -json -batch -
				ip -6 -json rule show
			} | jq -rsS "$1"
			ip -details route show table all
			cd /proc/sys/net
			grep . ipv4/conf/*/arp_* ipv4/conf/*/rp_filter ipv4/conf/*/accept_local ipv6/conf/*/mtu ipv6/conf/*/disable_ipv6 \
				ipv6/conf/*/accept_ra ipv6/conf/*/keep_addr_on_down
			cd "$2" && find . ! -type d -printf "%p %y %m %U:%G %l\n" -type f -exec cksum {} +
		} | sed "s/ expires [0-9]*sec//; s/ *$//" | sort' sh "$snapshot_filter" "$lab_hosts/$1/etc"
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
