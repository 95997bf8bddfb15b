# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The intent of a host.

# intent HOST LINE...: /etc/doroce.yaml of the host, from lines of YAML behind `version: 1`.
intent() {
	local host=$1
	shift
	on "$host" tee /etc/doroce.yaml < <(printf '%s\n' 'version: 1' "$@") >/dev/null
}
