# SPDX-License-Identifier: BSD-3-Clause
# doc/limits.md has the numbers of the source.
src=$(cd -P data && cd ../../.. && pwd)
sed -n 's/^|[^|]*| \([0-9]*\)[^|]*|.*`\(HRD_[A-Z_]*\)` in `\([^`]*\)` |$/\1 \2 \3/p' \
	"$src/doc/limits.md" >rows
[ "$(wc -l <rows)" -gt 12 ] || echo 'too few rows'
while read -r number name file; do
	# shellcheck disable=SC2046 # two or three words
	set -- $(tr '\n\t\\(=' '     ' <"$src/$file" |
		grep -oE "$name +[0-9]+(u|ull)?( << [0-9]+)?" |
		head -1 | tr -d 'ul<')
	[ $# -ge 2 ] || { echo "$name is not in $file"; continue; }
	value=$(($2 << ${3:-0}))
	[ "$value" = "$number" ] || echo "$name: $number in doc/limits.md, $value in $file"
done <rows
