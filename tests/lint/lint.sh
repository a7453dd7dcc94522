# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Sourced by the lint tests: TAP, and the lists of source files. The source tree is the working
# directory; a tarball has no git, so files are found, not asked for.

cd "${top_srcdir:-$(dirname "${BASH_SOURCE[0]}")/../..}" || exit 99
export LC_ALL=C.UTF-8
lint_count=0
lint_failed=0
# Columns of a line.
# shellcheck disable=SC2034 # for those who source this
width=100

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
		.ci script tests fuzz bench contrib debian 2>/dev/null | grep -v '\.py$' | sort
}

# Programs in Python, known by their first line, and what they import.
python_files() {
	{
		grep -rlE -m1 '^#! ?/usr/bin/(env )?python3' script tests fuzz bench contrib
		find script tests fuzz bench contrib -name '*.py'
	} | sort -u
}

make_files() {
	find . -maxdepth 1 \( -name Makefile.am -o -name configure.ac \) -printf '%P\n'
	find m4 lib module rpzgen tests fuzz bench doc zones -name '*.am' -o -name 'h*.m4' | sort
}

# Markdown, manual pages and what is like them.
prose_files() {
	find . -maxdepth 1 \( -name '*.md' -o -name NEWS \) -printf '%P\n'
	find bench contrib doc fuzz tests zones -name '*.md' -o -name '*.[1-8]' | sort
}
