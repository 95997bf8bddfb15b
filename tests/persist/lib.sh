# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What the scripts beside have in common: each feeds the golden files of one network manager
# (tests/data/persist/PLAN/MANAGER/, as below the root) to that manager's own parser, and compares what came out with
# the plan (tests/data/persist/PLAN/facts), line by line. Exit status: 0, 1 something differs, 77 skipped.
#
# A fact: vlan NETDEV on NETDEV id N | address NETDEV A/LEN | mtu NETDEV B | route NETDEV DST [via G] [src S] table T metric M |
#         rule from A table T priority P
set -euo pipefail

# shellcheck disable=SC2034 # for the scripts
plans=(one-subnet rail-gateway ipv6 vlans)
netdevs=(ens1f0np0 ens1f1np1)
data=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../data/persist
work=$(mktemp -d)
failed=0

cleanup() {
	local pid
	for pid in $(jobs -p); do kill "$pid" 2>/dev/null || true; done
	rm -rf "$work"
}
trap cleanup EXIT

skip() {
	echo "skipped: $*"
	exit 77
}

# need PROGRAM...: all are there.
need() {
	local program
	for program; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

# wait_for SECONDS COMMAND...: until it succeeds; 1 when it did not in that time.
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		if ((SECONDS >= end)); then return 1; fi
		sleep 0.1
	done
}

# Managers that ci/unpack-managers unpacked into $DOROCE_MANAGERS are found before what the machine has.
managers_find() {
	local folder=${DOROCE_MANAGERS:-} library
	if [[ ! $folder ]]; then return; fi
	PATH=$folder/usr/sbin:$folder/usr/bin:$folder/sbin:$folder/bin:$PATH
	for library in "$folder"/usr/lib/*-linux-gnu; do
		export LD_LIBRARY_PATH=$library${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
	done
}

may_enter_netns() {
	unshare --net --mount true 2>/dev/null || skip "no right to make namespaces"
}

# enter_netns "$@": the script goes on in network and mount namespaces of its own.
enter_netns() {
	if [[ ${DOROCE_PERSIST_NETNS:-} ]]; then return; fi
	may_enter_netns
	rm -rf "$work"
	DOROCE_PERSIST_NETNS=1 exec unshare --net --mount "$0" "$@"
}

# root_of PLAN MANAGER: a root directory with the golden files, as they would be written. Prints it.
root_of() {
	local root=$work/$1-$2
	rm -rf "$root"
	cp -r "$data/$1/$2" "$root"
	chmod -R go= "$root"
	echo "$root"
}

# netdevs_of PLAN: all that have an address in it.
netdevs_of() {
	sed -n 's/^address \([^ ]*\) .*/\1/p' "$data/$1/facts" | sort -u
}

# kernel_can PLAN: make its VLANs.
kernel_can() {
	if ! grep -q '^vlan ' "$data/$1/facts"; then return; fi
	unshare --net sh -c 'ip link add name va type veth && ip link add link va name vlan1 type vlan id 1' 2>/dev/null || {
		echo "the kernel makes no VLANs here: the plan $1 is read, but not set up"
		return 1
	}
}

# compare PLAN WHAT: the facts on stdin are those of the plan.
compare() {
	if diff -u --label "the plan $1" --label "$2" <(sort "$data/$1/facts") <(sort); then
		echo "ok: $1: $2"
	else
		failed=1
	fi
}

# check WHAT COMMAND...
check() {
	local what=$1
	shift
	if "$@"; then
		echo "ok: $what"
	else
		echo "not ok: $what"
		failed=1
	fi
}

# strictly COMMAND...: in a shell of its own, which its first failure ends.
strictly() {
	local status
	set +e
	(
		set -e
		"$@"
	)
	status=$?
	set -e
	if ((status != 0)); then
		echo "not ok: $*"
		failed=1
	fi
}

# The plans' netdevs as veth ends, the other ends up, in the namespace of the script.
netdevs_make() {
	local i
	ip link set lo up
	for i in "${!netdevs[@]}"; do
		ip link del "${netdevs[i]}" 2>/dev/null || true
		ip link add "${netdevs[i]}" type veth peer name "peer$i"
		ip link set "peer$i" mtu 9000 up
	done
}

# Rules outlive their netdevs.
rules_flush() {
	ip -4 rule flush protocol static
	ip -6 rule flush protocol static
}

# kernel_facts PLAN: what the kernel has, of the kind that the plan speaks of: its static routes and rules, the MTUs
# where the plan has some.
kernel_facts() {
	local netdev
	for netdev in $(netdevs_of "$1"); do
		ip -json address show dev "$netdev" | jq -r '.[] | .ifname as $n | .addr_info[] |
			select(.scope == "global") | "address \($n) \(.local)/\(.prefixlen)"'
		if grep -q "^mtu $netdev " "$data/$1/facts"; then
			ip -json link show dev "$netdev" | jq -r '.[] | "mtu \(.ifname) \(.mtu)"'
		fi
	done
	if grep -q '^vlan ' "$data/$1/facts"; then
		ip -json -details link show type vlan |
			jq -r '.[] | "vlan \(.ifname) on \(.link) id \(.linkinfo.info_data.id)"'
	fi
	for family in -4 -6; do
		ip "$family" -json -details route show table all proto static |
			jq -r --arg all "$([[ $family == -4 ]] && echo 0.0.0.0/0 || echo ::/0)" '.[] |
				"route \(.dev) \(.dst | if . == "default" then $all else . end)" +
				(if .gateway then " via \(.gateway)" else "" end) +
				(if .prefsrc then " src \(.prefsrc)" else "" end) +
				" table \(.table // "main") metric \(.metric // 0)"'
		ip "$family" -json -details rule show | jq -r '.[] | select(.protocol == "static") |
			"rule from \(.src) table \(.table) priority \(.priority)"'
	done
}

# unit_facts FILE...: of .network and .netdev units.
unit_facts() {
	local file
	awk -F= '
		/^\[/ { section = $0 }
		section == "[NetDev]" && $1 == "Name" { made = $2 }
		section == "[VLAN]" && $1 == "Id" { id[made] = $2 }
		section == "[Match]" && $1 == "Name" { dev = $2 }
		$1 == "VLAN" { on[$2] = dev }
		END { for (v in id) print "vlan " v " on " on[v] " id " id[v] }
	' "$@"
	for file; do
		awk -F= '
			function flush() {
				if (section == "[Route]")
					print "route " dev " " v["Destination"] (v["Gateway"] ? " via " v["Gateway"] : "") \
						(v["PreferredSource"] ? " src " v["PreferredSource"] : "") \
						" table " v["Table"] " metric " (v["Metric"] + 0)
				if (section == "[RoutingPolicyRule]") {
					sub("/(32|128)$", "", v["From"])
					print "rule from " v["From"] " table " v["Table"] " priority " v["Priority"]
				}
				split("", v)
			}
			/^\[/ { flush(); section = $0; next }
			{ v[$1] = $2 }
			section == "[Match]" && $1 == "Name" { dev = $2 }
			section == "[Link]" && $1 == "MTUBytes" { print "mtu " dev " " $2 }
			$1 == "Address" { print "address " dev " " $2 }
			END { flush() }
		' "$file"
	done
}

# keyfile_facts FILE...: of NetworkManager's profiles.
keyfile_facts() {
	local file
	for file; do
		awk '
			/^\[/ { section = $0 }
			section == "[vlan]" && $0 ~ /^id=/ { id = substr($0, 4) }
			section == "[vlan]" && $0 ~ /^parent=/ { parent = substr($0, 8) }
			END { if (id) print "vlan " dev " on " parent " id " id }
			{ i = index($0, "="); key = substr($0, 1, i - 1); value = substr($0, i + 1) }
			key == "interface-name" { dev = value }
			key == "mtu" { print "mtu " dev " " value }
			key ~ /^address[0-9]*$/ { print "address " dev " " value }
			key ~ /^route[0-9]+$/ { route = value }
			key ~ /^route[0-9]+_options$/ {
				split(route, r, ","); table = 0; src = ""
				n = split(value, o, ",")
				for (i = 1; i <= n; i++) {
					if (o[i] ~ /^table=/) table = substr(o[i], 7)
					if (o[i] ~ /^src=/) src = substr(o[i], 5)
				}
				if (r[2] == "0.0.0.0" || r[2] == "::") r[2] = ""
				print "route " dev " " r[1] (r[2] ? " via " r[2] : "") (src ? " src " src : "") \
					" table " table " metric " (r[3] == "" ? "not told" : r[3])
			}
			key ~ /^routing-rule[0-9]+$/ {
				n = split(value, o, " ")
				for (i = 1; i < n; i += 2) w[o[i]] = o[i + 1]
				sub("/(32|128)$", "", w["from"])
				print "rule from " w["from"] " table " w["table"] " priority " w["priority"]
			}
		' "$file"
	done
}

finish() {
	exit "$failed"
}
