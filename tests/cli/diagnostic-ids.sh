# SPDX-License-Identifier: BSD-3-Clause
# Every id that the sources give is in doc/diagnostics.md.
src=$(cd -P data && cd ../../.. && pwd)
areas='inv|name|yaml|grade|guard|exception|zone|companion|image|feed|manifest|file|build|popular'
grep -rohE --include='*.c' "\"($areas|fetch|diff|live|probe|history)-[a-z0-9-]+\"" \
	"$src"/rpzgen "$src"/lib/yaml/tree.c | tr -d '"' | sort -u >used
# Those of the module and of its checks.
grep -rohE --include='*.c' '"(settings|host|image|module)-[a-z-]+"' "$src"/module/check |
	tr -d '"' >>used
grep -rohE --include='*.c' '\[(settings|allow|exemption|mode|unsafe)-[a-z-]+\]' "$src"/module |
	tr -d '[]' >>used
# feed-max-age is an option.
grep -v -x -e name- -e zone- -e feed-max-age used | while read -r id; do
	grep -q -F "\`$id\`" "$src/doc/diagnostics.md" || echo "not in doc/diagnostics.md: $id"
done
[ "$(wc -l <used)" -gt 50 ] || echo 'too few ids found'
