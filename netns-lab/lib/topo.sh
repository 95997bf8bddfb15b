# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Topologies: reads topo/NAME.topo (format: topo/README), makes namespaces, links and RDMA devices of it, takes them away again.

topo_mtu=4200 topo_link=veth
topo_hosts=() topo_routers=()
declare -A topo_rails=()	# host -> number of ports
declare -A topo_switch=() topo_address=() topo_gateway=()	# "host rail" -> word of the topology

# topo_subnet RAIL: 10.100.0, 10.101.0, …, 10.255.0, 10.100.1, …
topo_subnet() {
	echo "10.$((100 + $1 % 156)).$(($1 / 156))"
}

topo_generate() {
	[[ $1 =~ ^gen:([0-9]+)x([0-9]+)(:flat)?(:labnic)?$ ]] || return 1
	local hosts=${BASH_REMATCH[1]} rails=${BASH_REMATCH[2]} flat=${BASH_REMATCH[3]} link=${BASH_REMATCH[4]#:} h r ports
	((hosts >= 1 && hosts <= 250 && rails >= 1 && rails <= (${#flat} ? 255 : 512))) || return 1
	if [[ $link ]]; then echo "link $link"; fi
	for ((h = 1; h <= hosts; h++)); do
		ports=
		for ((r = 0; r < rails; r++)); do
			if [[ $flat ]]; then ports+=" s0:10.100.$r.$h/16"; else ports+=" s$r:$(topo_subnet "$r").$h/24"; fi
		done
		echo "host h$h$ports"
	done
}

topo_text() {
	case $1 in
	none)	;;
	gen:*)	topo_generate "$1" ;;
	*)	cat "$lab_home/topo/$1.topo" 2>/dev/null ;;
	esac || fail "no topology '$1'"
}

# topo_port HOST SWITCH[:ADDRESS/LENGTH[@GATEWAY]]
topo_port() {
	local key="$1 ${topo_rails[$1]}"
	[[ $2 =~ ^([A-Za-z0-9_-]+)(:([0-9.]+/[0-9]+)(@([0-9.]+))?)?$ ]] || fail "topology: not a port: '$2'"
	topo_switch[$key]=${BASH_REMATCH[1]}
	topo_address[$key]=${BASH_REMATCH[3]}
	topo_gateway[$key]=${BASH_REMATCH[5]}
	topo_rails[$1]=$((topo_rails[$1] + 1))
}

topo_node() {
	local kind=$1 name=$2 port
	if [[ ! ${topo_rails[$name]:-} ]]; then
		topo_rails[$name]=0
		if [[ $kind == router ]]; then topo_routers+=("$name"); else topo_hosts+=("$name"); fi
	fi
	for port in "${@:3}"; do topo_port "$name" "$port"; done
}

topo_read() {
	local text words
	text=$(topo_text "$1")
	while read -ra words; do
		case ${words[0]:-#} in
		'#'*)		;;
		mtu)		topo_mtu=${words[1]} ;;
		link)		topo_link=${words[1]} ;;
		host | router)	topo_node "${words[@]}" ;;
		*)		fail "topology $1: unknown word '${words[0]}'" ;;
		esac
	done <<<"$text"
}

# Batch for ip in the namespace "switch": the bridges, then one pair for each port, host by host and rail by rail.
topo_links() {
	local s host r n=0
	for s in $(printf '%s\n' "${topo_switch[@]}" | sort -u); do
		echo "link add $s mtu $topo_mtu up type bridge stp_state 0 forward_delay 0 mcast_snooping 0"
	done
	for host in "${topo_hosts[@]}" "${topo_routers[@]}"; do
		for ((r = 0; r < topo_rails[$host]; r++)); do
			printf 'link add %s mtu %d master %s up type %s peer name p%d mtu %d address 02:0c:00:%02x:%02x:%02x netns %s\n' \
				"$host-$r" "$topo_mtu" "${topo_switch[$host $r]}" "$topo_link" "$r" "$topo_mtu" \
				"$n" $((r / 256)) $((r % 256)) "$host"
		done
		n=$((n + 1))
	done
}

# rxe_name HOST RAIL: rxe_a0; rxe_h1_0 where the host's name ends in a digit. Unique: each host lists all devices.
rxe_name() {
	if [[ $1 == *[0-9] ]]; then echo "rxe_$1_$2"; else echo "rxe_$1$2"; fi
}

topo_up_batch() {
	local r
	echo "link set lo up"
	for ((r = 0; r < topo_rails[$1]; r++)); do echo "link set p$r up"; done
}

topo_rxe_batch() {
	local r
	for ((r = 0; r < topo_rails[$1]; r++)); do echo "link add $(rxe_name "$1" "$r") type rxe netdev p$r"; done
}

# The far end of a pair cannot be up from the start: it has no peer yet.
topo_up() {
	local host
	for host in "${topo_hosts[@]}" "${topo_routers[@]}"; do topo_up_batch "$host" | ip -n "$host" -batch -; done
	for host in "${topo_hosts[@]}"; do topo_rxe_batch "$host" | on "$host" rdma -b -; done
}

topo_address_batch() {
	local r
	for ((r = 0; r < topo_rails[$1]; r++)); do
		if [[ ${topo_address[$1 $r]} ]]; then echo "address add ${topo_address[$1 $r]} dev p$r"; fi
	done
}

topo_router() {
	topo_address_batch "$1" | ip -n "$1" -batch -
	on "$1" sysctl -q net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
}

topo_active() {
	[[ $(rdma link | grep -c '^link rxe_.* state ACTIVE') == "$1" ]]
}

# topo NAME: brings the topology up. It is taken down when the scenario ends.
topo() {
	local host n=0
	topo_read "$1"
	if [[ $topo_link != veth ]]; then modprobe -q "$topo_link" || skip "no kernel module $topo_link"; fi
	hosts_create switch "${topo_hosts[@]}" "${topo_routers[@]}"
	# A switch speaks no IPv6 of its own, and passes frames by no firewall.
	on switch sysctl -qe net.ipv6.conf.default.disable_ipv6=1 net.bridge.bridge-nf-call-arptables=0 \
		net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0
	topo_links | ip -n switch -batch -
	topo_up
	for host in "${topo_routers[@]}"; do topo_router "$host"; done
	for host in "${topo_hosts[@]}"; do n=$((n + topo_rails[$host])); done
	wait_for $((10 + n / 10)) topo_active "$n"
}

# topo_addresses [HOST...]: assigns the addresses that the topology names; nothing else is set.
topo_addresses() {
	local host
	(($#)) || set -- "${topo_hosts[@]}"
	for host; do
		topo_address_batch "$host" | ip -n "$host" -batch -
	done
}

# Devices before netdevs, netdevs before namespaces: so nothing is left to the kernel's order.
# The kernel shows each RDMA device in each network namespace: with n hosts that takes n x n long, 16 x 4 half a minute.
topo_down() {
	local host r
	[[ -e /run/netns/switch ]] || return 0
	for host in "${topo_hosts[@]}"; do
		for ((r = 0; r < topo_rails[$host]; r++)); do echo "link delete $(rxe_name "$host" "$r")"; done
	done | rdma -f -b - 2>/dev/null || true
	hosts_delete switch "${topo_hosts[@]}" "${topo_routers[@]}"
	topo_mtu=4200 topo_link=veth topo_hosts=() topo_routers=() topo_rails=() topo_switch=() topo_address=() topo_gateway=()
}
