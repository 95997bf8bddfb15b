# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# One host with many ports, a switch, a subnet and a gateway for each: on one switch each would hear what the others announce.
# The same settings as an intent, and as batches for ip and sysctl. Uses: ports, how many.

nets=()	# of each port: processes are what costs time under emulation

rails_entries() {
	local i net
	# shellcheck disable=SC2154 # ports: of the bench that sources this
	for ((i = 0; i < ports; i++)); do
		net=${nets[i]}
		echo "- {match: {netdev: p$i}, addresses: [$net.1/24], gateway: $net.254}"
	done
}

rails_batch() {
	local i net
	for ((i = 0; i < ports; i++)); do
		net=${nets[i]}
		printf '%s\n' "link set p$i mtu 4000" "address add $net.1/24 dev p$i" \
			"route add $net.0/24 dev p$i scope link src $net.1 proto static table $((1001 + i))" \
			"route add default via $net.254 dev p$i src $net.1 proto static table $((1001 + i))" \
			"rule add from $net.1 lookup $((1001 + i)) priority 32761 protocol static"
	done
}

rails_unbatch() {
	local i
	for ((i = 0; i < ports; i++)); do
		printf '%s\n' "link set p$i mtu 4200" "address flush dev p$i scope global" \
			"rule del from ${nets[i]}.1" "route flush table $((1001 + i))"
	done
	echo "neighbour flush all"
}

rails_sysctls() {
	local i
	for ((i = 0; i < ports; i++)); do
		printf "net.ipv4.conf.p$i.%s\n" arp_ignore=1 arp_announce=2 arp_filter=0 arp_accept=0 rp_filter=2
		echo "net.ipv6.conf.p$i.accept_ra=0"
	done
}

# rails: the topology, the intent, and in LAB_DIR by-hand, what does the same without doroce.
rails() {
	local lines i
	# a soft-RoCE device has 3.3 MB of the kernel's memory, and a machine without memory never comes to an end
	(($(awk '/^MemAvailable/ { print $2 }' /proc/meminfo) > ports * 5000)) || skip "too little memory for $ports ports: LAB_MEMORY=6G"
	for ((i = 0; i < ports; i++)); do nets+=("$(topo_subnet "$i")"); done
	topo "gen:1x$ports"
	mapfile -t lines < <(rails_entries)
	intent h1 'defaults: {mtu: 4000, table: 1001}' 'ports:' "${lines[@]}"
	rails_batch >"$LAB_DIR/batch"
	rails_sysctls >"$LAB_DIR/sysctl"
	sed 's/=.*/=0/; s/accept_ra=0/accept_ra=1/' "$LAB_DIR/sysctl" >"$LAB_DIR/unsysctl"
	rails_unbatch >"$LAB_DIR/unbatch"
	printf 'ip -batch %q && sysctl -qp %q\n' "$LAB_DIR/batch" "$LAB_DIR/sysctl" >"$LAB_DIR/by-hand"
}

# The state in which every run begins: no address, kernel defaults.
rails_reset() {
	on h1 ip -force -batch "$LAB_DIR/unbatch" >/dev/null 2>&1 || true
	on h1 sysctl -qp "$LAB_DIR/unsysctl"
}
