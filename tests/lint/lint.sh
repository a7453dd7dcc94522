# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Sourced by the lint tests: TAP, and the lists of source files.  The source tree is the working
# directory; a tarball has no git, so files are found, not asked for.

cd "${top_srcdir:-$(dirname "${BASH_SOURCE[0]}")/../..}" || exit 99
export LC_ALL=C.UTF-8
lint_count=0
lint_failed=0

# ok NAME [FINDINGS]: passes when there are no findings, else shows them.
ok() {
	lint_count=$((lint_count + 1))
	if [ -z "${2-}" ]; then
		printf 'ok %d - %s\n' "$lint_count" "$1"
	else
		lint_failed=1
		printf 'not ok %d - %s\n' "$lint_count" "$1"
		printf '%s\n' "$2" | sed 's/^/# /'
	fi
}

finish() {
	printf '1..%d\n' "$lint_count"
	exit "$lint_failed"
}

need() {
	command -v "$1" >/dev/null && return
	printf '1..0 # SKIP needs %s (Debian package: %s)\n' "$1" "${2-$1}"
	exit 0
}

# Sources below the directories $@, or of the whole project.
c_files() {
	[ $# -gt 0 ] || set -- lib module rpzgen tests fuzz bench
	find "$@" -name '*.[ch]' | sort
}

# Shell scripts, known by their first line or by the shellcheck directive of a sourced file.
shell_files() {
	grep -rlE -m1 '^(#! ?/(usr/bin/env bash|bin/bash|bin/sh)|# shellcheck shell=)' \
		.ci script tests fuzz bench contrib 2>/dev/null | grep -v '\.py$' | sort
}
