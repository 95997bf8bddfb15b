# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For tests that give our reports to somebody else's reader. DOROCE_READERS: folder of ci/fetch-report-readers;
# DOROCE_SAMPLE: the program that prints a report.
set -euo pipefail
: "${DOROCE_READERS:?}" "${DOROCE_SAMPLE:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
samples=(verdicts hostile none stage-failed)

# refused READER...: it ends with an error; what it says is kept.
refused() {
	if "$@" >"$work/said" 2>&1; then
		echo "not refused: $*" >&2
		return 1
	fi
}
