# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What the scenarios have in common that boot with a network manager, which makes of doroce's files what doroce has made:
# auto finds the manager, the files give the plan back, the units make the rest, and nothing is left by revert --all.
# shellcheck source=tests/lab/machine.sh
. "$(dirname "${BASH_SOURCE[0]}")/machine.sh"
reboot_vlan=	# a VLAN on p0 that the manager's files define
vlan_entries='ports: [{match: {netdev: "p?"}}, {match: {netdev: p0.100}, addresses: [10.50.0.1/24]}]'
reboot_qos='{tos: 106, trust: dscp, dscp_prio: {26: 3}, pfc: [3]}'

# The peer has no manager, and forgets all with each boot. /etc and /var are host a's: it is set up by hand.
peer_up() {
	on b ip -batch - <<-'EOT'
		link set p0 mtu 4000
		link set p1 mtu 4000
		address add 10.9.0.11/24 dev p0
		address add 10.9.0.12/24 dev p1
		route add 10.9.0.0/24 dev p0 src 10.9.0.11 table 101
		route add 10.9.0.0/24 dev p1 src 10.9.0.12 table 102
		rule add from 10.9.0.11 table 101
		rule add from 10.9.0.12 table 102
	EOT
	on b sysctl -q net.ipv4.conf.p{0,1}.arp_ignore=1 net.ipv4.conf.p{0,1}.arp_announce=2
	if [[ $reboot_vlan ]]; then
		on b ip -batch - <<-'EOT'
			link add p0.100 up link p0 type vlan id 100
			address add 10.50.0.11/24 dev p0.100
		EOT
	fi
	if [[ $reboot_qos ]]; then
		on b dcb app add dev p0 dscp-prio 26:3
		on b dcb app add dev p1 dscp-prio 26:3
	fi
	on a systemd-run --quiet --unit peer ip netns exec b doroce serve
	wait_for 60 peer_serves
}

peer_serves() {
	on a journalctl --quiet --boot --output cat --unit peer.service | grep -q '^serving'
}

is_as_wished() {
	on a doroce plan >"$LAB_DIR/plan"
}

# None of the runs that udev has started for a port is still at work.
hotplug_is_done() {
	[[ ! $(on a systemctl list-units --plain --no-legend --state activating 'doroce-hotplug@*') ]]
}

is_gone() {
	! on a ip link show "$1" >/dev/null 2>&1
}

# The second port, as a card that is taken out and put in again: everything of it is new to the kernel, ifindex included.
port_out() {
	on a ip -n switch link delete a-1
	wait_for 30 is_gone p1
}

port_in() {
	on a ip -n switch link add a-1 mtu 4200 up master s0 type "$vm_link" peer name p1 mtu 4200 address 02:0c:00:00:00:01 netns 1
	on a rdma link add rxe_a1 type rxe netdev p1
}

# What systemd had to leave out of the boot, and whether what belongs to us went well.
expect_good_boot() {
	expect 0 on a journalctl --quiet --no-pager --boot --output cat
	reject_text 'ordering cycle'
	expect 0 on a systemctl list-units --plain --no-legend --failed
	reject_text '^doroce'
}

expect_verified() {
	expect 0 on a doroce verify --json
	expect_json '.verdict == "pass" and .counts.fail == 0'
	expect_json '[.results[] | select(.check == "peer.connect")] | length > 0'
}

# expect_rest PATTERN: in the kernel stands what the manager alone has made of the files. In the plan is what it can not
# keep, and only that: settings with names of the pattern.
expect_rest() {
	on a doroce plan --json >"$LAB_DIR/rest" || (($? == 3)) || fail "no plan: $(<"$LAB_DIR/rest")"
	jq -r '.changes[] | .setting' "$LAB_DIR/rest" | sort -u >"$LAB_DIR/settings"
	if grep -vqE "^($1)\$" "$LAB_DIR/settings"; then fail "not kept by the manager: $(jq -c '.changes[]' "$LAB_DIR/rest")"; fi
}

# Addresses, rules, routes, PFC, and one setting for all that sysctl.d had.
nothing_is_left() {
	on a sh -c 'ip -brief address; ip rule; ip route show table all; grep . /proc/sys/net/ipv4/conf/p[01]/arp_ignore
		if [ "$1" ]; then dcb pfc show dev p0; dcb pfc show dev p1; fi' - "$reboot_qos" >"$LAB_DIR/left"
	! grep -E '10\.(9|50)\.0\.|lookup 10[123]|table 10[123]|arp_ignore:[^0]|:on' "$LAB_DIR/left"
}

vlan_begin() {
	on a ip link add p0.100 link p0 type vlan id 100
}

# As the manager has made it.
expect_vlan() {
	expect 0 on a ip -details address show dev p0.100
	expect_text 'vlan protocol 802\.1Q id 100'
	expect_text 'inet 10\.50\.0\.1/24'
}

boot_without_units() {
	step "after a boot, without doroce: what the manager has made of its files"
	on a systemctl --quiet mask doroce.service doroce-hotplug@.service
	machine_reboot
	expect_good_boot
	expect_rest "$1"
	if [[ $reboot_vlan ]]; then expect_vlan; fi

	step "the unit makes the rest"
	on a systemctl --quiet unmask doroce.service doroce-hotplug@.service
	on a systemctl start doroce.service
	expect 0 on a doroce plan
}

boot_with_units() {
	step "after a boot, with the units: what it takes to be as wished"
	machine_reboot
	expect_good_boot
	expect 0 on a doroce plan
	expect 0 on a systemctl show --property Result,ConditionResult,ExecMainStatus doroce.service
	expect_text '^ConditionResult=yes$'
	expect_text '^Result=success$'
}

# Before the manager is started; a scenario may say what.
manager_prepare() {
	:
}

# reboot_with RUN_BY REST UNIT...: the whole scenario. RUN_BY: pattern of what show says of a port, with the file. REST:
# pattern of the settings that the manager does not keep; units: those of doroce run at that boot.
reboot_with() {
	local run_by=$1 rest=$2
	shift 2
	machine_start
	manager_prepare
	on a systemctl --quiet enable "$@"
	on a systemctl start "$@"
	if [[ $reboot_vlan ]]; then vlan_begin; fi
	intent a 'sequence: {from: 10.9.0.1/24}' 'defaults: {mtu: 4000}' 'verify: {peers: [10.9.0.11]}' 'persist: auto' \
		"${reboot_qos:+qos: $reboot_qos}" \
		"${reboot_vlan:+$vlan_entries}"

	step "auto finds the manager; its files, and ours for what it does not keep"
	expect 0 on a doroce configure
	expect_text '/etc/sysctl\.d/90-doroce\.conf'
	expect_text '/etc/doroce\.boot\.yaml'
	expect 0 on a doroce plan
	if [[ $rest == units ]]; then
		boot_with_units
	else
		boot_without_units "$rest"
	fi

	step "verified with the peer"
	peer_up
	expect_verified
	expect 0 on a doroce show --owners
	expect_text "p0, run by $run_by"

	step "a port is taken out and put in again: as it was, without a command"
	port_out
	port_in
	wait_for 60 is_as_wished
	wait_for 60 hotplug_is_done
	expect_verified
	expect_good_boot

	step "everything is taken back: of that boot and of this one, of the port that was new, and the files"
	expect 0 on a doroce revert --all --reload
	expect 1 on a grep -rlF 'Written by doroce' /etc
	wait_for 30 nothing_is_left
	expect 0 on a doroce reapply
	expect_text 'nothing to make again'
}
