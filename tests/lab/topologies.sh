# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Any topology, configured by doroce with the addresses and gateways that the topology names, of either family.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# in_family FAMILY ADDRESS[/LENGTH]: as it is, or its like of IPv6: fd00:10:9::11/64 of 10.9.0.11/24.
in_family() {
	local a b c d length=
	if [[ $1 == 4 ]]; then
		echo "$2"
		return
	fi
	case $2 in
	*/24) length=/64 ;;
	*/16) length=/48 ;;
	esac
	IFS=. read -r a b c d <<<"${2%/*}"
	if [[ $c == 0 ]]; then c=; fi
	echo "fd00:$a:$b${c:+:$c}::$d$length"
}

# The peers of a host: each of the others by its first port.
peers_of() {
	local host list=
	for host in "${topo_hosts[@]}"; do
		if [[ $host != "$1" ]]; then list+=", '$(in_family "$2" "$(port_address "$host" 0)")'"; fi
	done
	echo "${list#, }"
}

# One line of YAML for each port.
ports_of() {
	local rail address gateway
	for ((rail = 0; rail < topo_rails[$1]; rail++)); do
		address=$(in_family "$2" "${topo_address[$1 $rail]}") gateway=$(port_gateway "$1" "$rail")
		if [[ $gateway ]]; then gateway=", gateway: '$(in_family "$2" "$gateway")'"; fi
		echo "- {match: {netdev: p$rail}, addresses: ['$address']$gateway}"
	done
}

intent_of() {
	local lines=("defaults: {mtu: $topo_mtu}" "verify: {peers: [$(peers_of "$1" "$2")]}" 'ports:' "$(ports_of "$1" "$2")")
	if [[ $topo_link == labnic ]]; then
		on "$1" touch /etc/nccl.conf
		lines+=('profile: lossless' 'qos: {traffic_class: null}' 'apps: {nccl: auto}')
	fi
	intent "$1" "${lines[@]}"
}

router_in_ip6() {
	local rail
	on "$1" sysctl -q net.ipv6.conf.all.forwarding=1
	for ((rail = 0; rail < topo_rails[$1]; rail++)); do
		on "$1" ip address add "$(in_family 6 "${topo_address[$1 $rail]}")" dev "p$rail" nodad
	done
}

# configured TOPOLOGY [4|6]: every host configured, responders running, not yet verified.
configured() {
	local host family=${2:-4}
	topo "$1"
	if [[ $family == 6 ]]; then
		for host in "${topo_routers[@]}"; do router_in_ip6 "$host"; done
	fi
	for host in "${topo_hosts[@]}"; do
		intent_of "$host" "$family"
		expect 0 on "$host" doroce configure
	done
	serve "${topo_hosts[@]}"
}
