# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Hosts of a topology: a network, a mount and a uts namespace each, kept by name so that entering one costs a single nsenter.

declare -A lab_bg=()	# name -> process id

# What a host has for itself: /sys and configfs show its netdevs, /etc and /var may be written, /run is empty.
host_fstab() {
	printf '%s 0 0\n' "lab-sys /sys sysfs rw" "lab-config /sys/kernel/config configfs rw" "lab-run /run tmpfs mode=755" \
		"lab-etc /etc overlay lowerdir=/etc,upperdir=$1/etc,workdir=$1/etc.work" \
		"lab-var /var overlay lowerdir=/var,upperdir=$1/var,workdir=$1/var.work"
}

hosts_create() {
	local host own=$LAB_WORK/hosts
	# Processes are what costs time under emulation: one mkdir for all.
	local dirs=("${@/#/$own/}")
	mkdir -p "${dirs[@]/%//etc}" "${dirs[@]/%//etc.work}" "${dirs[@]/%//var}" "${dirs[@]/%//var.work}"
	for host; do
		host_fstab "$own/$host" >"$own/$host/fstab"
		echo "$host" >"$own/$host/etc/hostname"
		: >"/run/netns/$host"
		: >"/run/lab/mnt/$host"
		: >"/run/lab/uts/$host"
		# shellcheck disable=SC2016
		unshare --net="/run/netns/$host" --mount="/run/lab/mnt/$host" --uts="/run/lab/uts/$host" --propagation private \
			sh -c 'echo "$1" >/proc/sys/kernel/hostname; exec mount --all --fstab "$2"' sh "$host" "$own/$host/fstab"
	done
}

hosts_delete() {
	local paths=("${@/#//run/lab/mnt/}" "${@/#//run/lab/uts/}" "${@/#//run/netns/}")
	# Quiet, and without an end at the first: a topology may be half there.
	umount -q "${paths[@]}" || true
	rm -rf "${paths[@]}" "$LAB_WORK/hosts"
}

# on HOST COMMAND...: runs it in the host, in the directory /.
on() {
	local host=$1
	shift
	[[ -e /run/netns/$host ]] || fail "on: no host '$host'"
	nsenter --net="/run/netns/$host" --mount="/run/lab/mnt/$host" --uts="/run/lab/uts/$host" -- "$@"
}

# on_bg HOST NAME COMMAND...: the same in the background; output goes to $LAB_DIR/NAME.log. Ended with the scenario.
on_bg() {
	local name=$2
	# Not in a subshell of `on`: the process that is known must be the command itself.
	[[ -e /run/netns/$1 ]] || fail "on_bg: no host '$1'"
	nsenter --net="/run/netns/$1" --mount="/run/lab/mnt/$1" --uts="/run/lab/uts/$1" -- "${@:3}" \
		>"$LAB_DIR/$name.log" 2>&1 </dev/null &
	lab_bg[$name]=$!
}

# stop_bg NAME [SIGNAL]: ends it and waits for it; its exit status is that of stop_bg.
stop_bg() {
	local pid=${lab_bg[$1]:?no background process of that name}
	unset "lab_bg[$1]"
	kill "-${2:-TERM}" "$pid" 2>/dev/null || true
	wait "$pid"
}

# port_mac HOST NETDEV
port_mac() {
	on "$1" cat "/sys/class/net/$2/address"
}

# port_address HOST RAIL: without the prefix length.
port_address() {
	echo "${topo_address[$1 $2]%/*}"
}

# port_gateway HOST RAIL: empty where the topology names none.
port_gateway() {
	echo "${topo_gateway[$1 $2]}"
}

# cm_listens PORT [LINK]: on any device, or on this one: where there are many a list of all takes long.
cm_listens() {
	rdma resource show cm_id ${2:+link "$2"} 2>/dev/null | grep -q "state LISTEN .*:$1 "
}

# rping_between HOST SOURCE PEER ADDRESS [LINK]: one connect and one ping of SOURCE in HOST with ADDRESS in PEER, which is
# on LINK; fails after 5 s.
rping_between() {
	local port=$((7200 + lab_rping++)) status=0
	on_bg "$3" "rping-$port" rping -s -a "$4" -p "$port" -C 1
	wait_for 5 cm_listens "$port" ${5:+"$5"}
	on "$1" timeout 5 rping -c -I "$2" -a "$4" -p "$port" -C 1 >"$LAB_DIR/rping-$port-client.log" 2>&1 || status=$?
	stop_bg "rping-$port" || true
	return "$status"
}
lab_rping=0
