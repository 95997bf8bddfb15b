# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What both kinds of machine mount of the host: the share on /lab, the build on /doroce-build.

mount_shared() {
	local opts=trans=virtio,version=9p2000.L,msize=512000,cache=none
	mkdir -p /lab
	mount -t 9p -o "$opts" share /lab
	# On a disk that has been booted from before, either may be there.
	if [[ -n ${lab_build:-} ]]; then
		mkdir -p /doroce-build
		mount -t 9p -o "ro,$opts" build /doroce-build
	else
		ln -sfn /doroce/build /doroce-build
	fi
}

control_port() {
	local name
	for name in /sys/class/virtio-ports/*/name; do
		if [[ $(<"$name") == ctl ]]; then echo "/dev/$(basename "$(dirname "$name")")"; fi
	done
}
