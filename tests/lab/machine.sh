# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What the scenarios have in common whose host a is a machine that boots with systemd.
# shellcheck source=netns-lab/lib/machine.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../netns-lab/lib/machine.sh"
# shellcheck source=tests/lab/intent.sh
. "$(dirname "${BASH_SOURCE[0]}")/intent.sh"
# shellcheck source=tests/lab/crash.sh
. "$(dirname "${BASH_SOURCE[0]}")/crash.sh"
cut_library=/doroce-build/libcut.so
snapshot_program=/doroce-build/lab-snapshot
lab_hosts=/run/lab/hosts

# The transient unit that takes back what nobody confirms.
confirm_units() {
	on a systemctl list-units --plain --no-legend --all 'doroce-confirm-*'
}

confirm_unit_gone() {
	[[ ! $(confirm_units) ]]
}

expect_confirm_unit() {
	expect 0 confirm_units
	expect_text '^doroce-confirm-[0-9]+-[0-9]+\.service +loaded +active +running'
}

# expect_newest FILTER: of the newest journal of host a.
expect_newest() {
	expect 0 on a doroce history --json
	expect_json ".journals[0] | $1"
}
