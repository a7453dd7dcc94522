#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Golden tests of the command line: runs tests/cli/NAME.sh in an empty directory and compares
# standard output, standard error and exit status with NAME.out, NAME.err and NAME.exit (absent:
# empty, empty, 0). With --update it writes those instead.
#
# In the directory, `data` and `zones` lead to the sources; SOURCE_DATE_EPOCH, locale and time zone
# are fixed.
set -u
src=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
RPZGEN=${RPZGEN:-$src/build/rpzgen/rpzgen}
update=no
[ "${1-}" = --update ] && update=yes
[ -x "$RPZGEN" ] || { echo "1..0 # SKIP $RPZGEN is not built"; exit 0; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
export RPZGEN
export SOURCE_DATE_EPOCH=1767225600 # 2026-01-01
export LC_ALL=C.UTF-8 TZ=UTC
unset HRADBA_CONFIG || true

# Compares what was made with what is kept; an absent file is an empty one.
same() {
	if [ "$update" = yes ]; then
		if [ -s "$1" ]; then cp "$1" "$2"; else rm -f "$2"; fi
		return 0
	fi
	[ -e "$2" ] || set -- "$1" /dev/null
	diff -u "$2" "$1" >"$work/diff" && return 0
	sed 's/^/# /' "$work/diff"
	return 1
}

count=0
failed=0
for script in "$src"/tests/cli/*.sh; do
	[ "$script" = "$src/tests/cli/run.sh" ] && continue
	name=$(basename "$script" .sh)
	count=$((count + 1))
	mkdir -p "$work/in/$name" || exit 99
	ln -s "$src/tests/cli/data" "$work/in/$name/data"
	ln -s "$src/zones" "$work/in/$name/zones"
	(cd "$work/in/$name" && sh "$script" </dev/null >"$work/out" 2>"$work/err")
	status=$?
	: >"$work/exit"
	[ "$status" = 0 ] || echo "$status" >"$work/exit"
	result=ok
	for part in out err exit; do
		same "$work/$part" "$src/tests/cli/$name.$part" || result='not ok'
	done
	[ "$result" = ok ] || failed=$((failed + 1))
	echo "$result $count - $name"
done
echo "1..$count"
# No test at all is a failure.
[ "$count" -gt 0 ] && [ "$failed" = 0 ]
