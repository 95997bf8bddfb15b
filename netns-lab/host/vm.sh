# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The virtual machine: one for each run directory, state in $run_dir/vm. Control lines are described in guest/init.
#
#   ctl.in ctl.out   control port        share/jobs/   jobs, written by both sides
#   tty.in tty.out   terminal (hvc0)     console.log   what the kernel says
#   pid accel build  of the running one

vm=$run_dir/vm vm_problem=''
vm_disk=	# a raw image: the machine writes to it and boots with systemd (lib/machine.sh)
vm_link=labnic	# kind of that machine's ports

vm_is_up() {
	local args=() stat pid
	[[ -e $vm/pid ]] || return 1
	pid=$(<"$vm/pid")
	{ mapfile -d '' -t args <"/proc/$pid/cmdline"; } 2>/dev/null || return 1
	if [[ ${args[*]} ]]; then
		[[ ${args[*]} == *"${vm//,/,,}/"* ]]
	else # it has no memory any more, and may still hold its disk
		{ read -r stat <"/proc/$pid/stat"; } 2>/dev/null && [[ $stat == *'(qemu-system'*') '[!ZX]' '* ]]
	fi
}

vm_build_is_outside() {
	[[ -d $build_dir && $(readlink -f "$build_dir") != "$checkout"/build ]]
}

# What only costs time: status lines and terminals on the consoles, watchdogs.
vm_systemd='systemd.show_status=0 systemd.getty_auto=0 systemd.log_level=notice'

vm_command() {
	local image=$1 accel=$2
	# norandmaps: code is translated once for each address at which it stands, and programs that move at each start took
	# half of a scenario's time
	local cmdline='console=ttyS0 quiet panic=-1 oops=panic net.ifnames=0 norandmaps'
	local fs=security_model=none,multidevs=remap
	# QEMU's options are separated by commas; in a value a comma is written twice.
	local q=${vm//,/,,} root=${image//,/,,}/root.squashfs
	if vm_build_is_outside; then cmdline+=' lab_build=1'; fi
	if [[ $vm_disk ]]; then cmdline+=" lab_machine=1 lab_link=$vm_link $vm_systemd"; fi
	command=(qemu-system-x86_64 -accel "${accel/tcg/"tcg,thread=multi"}" -cpu max
		-smp "${LAB_CPUS:-2}" -m "${LAB_MEMORY:-2G}" -nodefaults -no-user-config -display none -no-reboot
		-kernel "$image/vmlinuz" -initrd "$image/initrd" -append "$cmdline"
		-drive "file=$root,if=virtio,format=raw,readonly=on"
		${vm_disk:+-drive "file=${vm_disk//,/,,},if=virtio,format=raw,cache=writeback"}
		-virtfs "local,path=${checkout//,/,,},mount_tag=checkout,readonly=on,$fs"
		-virtfs "local,path=$q/share,mount_tag=share,$fs"
		-chardev "file,id=console,path=$q/console.log" -serial chardev:console
		-device virtio-serial
		-chardev "pipe,id=ctl,path=$q/ctl" -device "virtserialport,chardev=ctl,name=ctl"
		-chardev "pipe,id=tty,path=$q/tty" -device "virtconsole,chardev=tty")
	if vm_build_is_outside; then
		local build
		build=$(readlink -f "$build_dir")
		command+=(-virtfs "local,path=${build//,/,,},mount_tag=build,readonly=on,$fs")
	fi
}

# Under emulation a kernel that patches its own code while the other CPU runs it can die early (seen once in dozens of
# boots): that, and only that, is tried again.
vm_start() {
	local try
	for try in 1 2 3; do
		if vm_start_once "$@"; then return; fi
		grep -q 'Kernel panic - not syncing: Fatal exception' "$vm/console.log" 2>/dev/null || return 1
		say "the kernel died while it booted, try $try of 3"
	done
	return 1
}

# vm_start_once IMAGE ACCEL SECONDS: returns 1 when the machine is not ready in time. What has been started is then gone.
vm_start_once() {
	local command life=(setsid)
	if [[ $vm_transient ]]; then life=(setpriv --pdeathsig KILL); fi
	rm -rf "$vm"
	mkdir -p "$vm/share/jobs"
	mkfifo "$vm"/{ctl,tty}.{in,out}
	vm_command "$1" "$2"
	"${life[@]}" "${command[@]}" </dev/null >"$vm/qemu.log" 2>&1 9>&- &
	disown
	echo $! >"$vm/pid"
	echo "$2" >"$vm/accel"
	readlink -f "$build_dir" >"$vm/build"
	basename "$1" >"$vm/image"
	vm_open
	local end=$((SECONDS + $3))
	while ((SECONDS < end)); do
		if vm_read && [[ $vm_line == ready ]]; then return; fi
		if ! vm_is_up; then
			vm_problem="QEMU has ended"
			return 1
		fi
	done
	vm_problem="not ready within $3 s"
	return 1
}

# A line of the control port, if one is complete within half a second: in vm_line. Where the time is over in the midst of
# one - this process was not scheduled meanwhile - its begin is kept for the next call.
vm_read() {
	local part='' r=0
	IFS= read -rt 0.5 -u 7 part || r=$?
	vm_part+=$part
	if ((r != 0)); then return 1; fi
	vm_line=$vm_part vm_part=
}
vm_line='' vm_part=

vm_open() {
	vm_part=
	exec 7<>"$vm/ctl.out" 6<>"$vm/ctl.in"
}

vm_stop() {
	local pid
	if [[ -e $vm/pid ]]; then
		pid=$(<"$vm/pid")
		if vm_is_up; then kill -KILL "$pid" 2>/dev/null || true; fi
		while kill -0 "$pid" 2>/dev/null && vm_is_up; do sleep 0.05; done
	fi
	exec 7>&- 6>&-
	rm -rf "$vm"
}

vm_show_console() {
	local log
	for log in qemu.log console.log; do
		if [[ -s $vm/$log ]]; then
			say "end of $log:"
			tail -n 15 "$vm/$log" | tr -d '\033\r' >&2
		fi
	done
}

# KVM may be there and yet not run a guest, and say so or hang: it is tried once for each image.
vm_boot() {
	local image accel start=$EPOCHREALTIME
	image=$(image_dir)
	accel=${LAB_ACCEL:-$(cat "$image/accel" 2>/dev/null || true)}
	if [[ ! $accel ]]; then
		accel=tcg
		if [[ -r /dev/kvm && -w /dev/kvm ]] && vm_start "$image" kvm 10; then accel=kvm; else vm_stop; fi
		echo "$accel" 2>/dev/null >"$image/accel" || true
	fi
	if ! vm_is_up && ! vm_start "$image" "$accel" "${LAB_BOOT_TIMEOUT:-60}"; then
		vm_show_console
		vm_stop
		die "the machine did not start ($accel): $vm_problem"
	fi
	say "Linux $(<"$image/version") is up ($accel, $(since "$start"))"
}

# vm_need: a machine is up when this returns; vm_transient says whether it ends with this command.
vm_need() {
	if vm_is_up; then
		vm_transient=
		[[ $(<"$vm/image") == "$(image_hash)" ]] || say "the machine runs an older image: lab down, to change that"
		[[ $(<"$vm/build") == "$(readlink -f "$build_dir")" ]] ||
			die "the machine that is up has the build $(<"$vm/build"), not $build_dir: lab down"
		vm_open
		return
	fi
	require_host
	image_ready
	vm_boot
}
