# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What a scenario with a machine of its own sources first: one that boots with systemd and can be rebooted and power-cut.
#
#   # machine: systemd
#   . "$(dirname "$0")/../../netns-lab/lib/machine.sh"
#   machine_start
#   expect 0 machine_run doroce show
#   machine_power_cut
#
# Such a scenario runs on the host; in the machine runs what machine_run says. doroce has been installed into it, its units
# are enabled. Ports and peer: guest/ports. No network manager runs, nor sshd, until the scenario enables it.
#
# What is written stays: on a disk below the read-only image. machine_power_cut ends QEMU at once. So what the machine's
# kernel had not yet written is lost; what it had written without flushing is not, as it may be on real hardware, since
# this host's page cache lives on.
#
# Variables: LAB_DIR, DOROCE_BUILD, LAB_CHECKOUT as in lib.sh, all of the host; $OUT and others of expect.
set -Eeuo pipefail

lab_home=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")

# Started by hand, outside of a lab: have it started by the lab.
if [[ ! ${LAB_WORK:-} ]]; then exec "$lab_home/lab" run "$0"; fi

checkout=$LAB_CHECKOUT native='' vm_transient=1
for lab_part in common image vm job; do
	# shellcheck source=/dev/null
	. "$lab_home/host/$lab_part.sh"
done
# shellcheck source=netns-lab/lib/expect.sh
. "$lab_home/lib/expect.sh"

lab_failed=
lab_last=
machine_limit=180	# seconds until a command must have ended, or a boot
machine_image=$(image_dir)
# What `lab up` has found out, if it was ever run.
machine_accel=${LAB_ACCEL:-$(cat "$machine_image/accel" 2>/dev/null || echo tcg)}
vm_disk=$LAB_WORK/disk

machine_end() {
	local status=$?
	trap - EXIT ERR TERM
	set +e
	if ((status != 0 && status != 77)); then vm_show_console; fi
	vm_stop
	rm -rf "$LAB_WORK"
	exit "$status"
}

machine_error() {
	if [[ ! $lab_failed ]]; then echo "$1: exit status $2: $3" >&2; fi
	lab_failed=1
}

machine_boot() {
	vm_start "$machine_image" "$machine_accel" "$machine_limit" || fail "the machine did not start: $vm_problem"
}

# By the project's own install rules, as an administrator would: nothing is copied by name here.
machine_install() {
	DESTDIR=$vm/share/root cmake --install "$build_dir" --prefix /usr >"$LAB_DIR/install.log"
	machine_run cp -r /lab/root/. /
	machine_run rm -rf /lab/root
	machine_run systemctl daemon-reload
	machine_run systemctl --quiet enable doroce-revert.service doroce.service
	# as a package manager does: a power cut may come right after
	machine_run sync
}

# machine_start: a new machine with an empty disk, booted.
machine_start() {
	truncate -s 1G "$vm_disk"
	mkfs.ext4 -q -F -E lazy_itable_init=1 "$vm_disk"
	machine_boot
	machine_install
}

# Also from $(...), where a fail would end no more than that.
machine_lost() {
	local why=([1]="no end within $machine_limit s" [2]="the machine is gone")
	echo "$(lab_place): ${why[$1]}: $2" >&2
	kill -TERM "$$"
	exit 1
}

# machine_run COMMAND...: runs it in the machine's initial namespaces, as root, in the directory /; its output and exit
# status. Standard input is read to its end and given to it.
machine_run() {
	job_new "$@"
	cat >"$job_dir/in"
	job_start
	job_wait "$machine_limit" || machine_lost "$?" "$*"
	cat "$job_dir/out"
	cat "$job_dir/err" >&2
	rm -rf "$job_dir"
	return "$job_status"
}

# on HOST COMMAND...: as in an ordinary lab. a is the machine itself; b, the peer, is a network namespace in it.
on() {
	if [[ $1 == a ]]; then machine_run "${@:2}"; else machine_run ip netns exec "$@"; fi
}

machine_is_off() {
	! vm_is_up
}

# machine_reboot: as a user does it. QEMU ends with the machine and is started anew, so the kernel is, too.
machine_reboot() {
	job_new systemctl reboot
	job_start
	wait_for "$machine_limit" machine_is_off
	machine_boot
}

# machine_power_cut: from one instruction to the next; then it is booted again.
machine_power_cut() {
	vm_stop
	machine_boot
}

machine_stop() {
	vm_stop
}

mkdir -p "$LAB_WORK"
trap machine_end EXIT
trap 'machine_error "$(lab_place)" "$?" "$BASH_COMMAND"' ERR
trap 'lab_failed=1; exit 143' TERM INT
