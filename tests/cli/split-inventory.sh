# SPDX-License-Identifier: BSD-3-Clause
# An inventory over several files: paths go from the first file, ids and names are one for all,
# and nothing goes round or too deep.
split() {
	# The head with policy, basis and profiles; entities and the rest in files of their own.
	sed '/^entities:/,/^shared:/{/^shared:/!d}' data/good.yaml |
		sed '/^shared:/,/^profiles:/{/^profiles:/!d}'
	printf 'include:\n'
	printf '  - %s\n' "$@"
}
part() {
	echo 'format: 1'
	sed -n "/^$1:/,/^[a-z]*:/p" data/good.yaml | sed "/^$1:/!{/^[a-z]/d}"
}
mkdir parts parts/more
split parts/entities.yaml parts/others.yaml >split.yaml
part entities >parts/entities.yaml
{
	part shared
	printf 'include:\n  - parts/more/never.yaml\n'
} >parts/others.yaml
part never >parts/more/never.yaml
echo '## the same rules as in one file'
"$RPZGEN" check split.yaml && echo passed
"$RPZGEN" diff --exit-code data/good.yaml split.yaml && echo same
echo '## read from another directory'
(cd parts && "$RPZGEN" check ../split.yaml && echo passed)
echo '## the digest is that of all files'
"$RPZGEN" build -q split.yaml -o a
echo '# a comment' >>parts/more/never.yaml
"$RPZGEN" build -q split.yaml -o b
digest() { sed -n 's/.*"inventory_digest": "\(.*\)".*/\1/p' "$1/manifest.json"; }
[ "$(digest a)" != "$(digest b)" ] && echo 'another one'
try() {
	echo "## $1"
	"$RPZGEN" check split.yaml
	echo "exit $?"
}
echo 'x: y' >>parts/more/never.yaml
try 'a fault is told where it stands'
part never >parts/more/never.yaml
sed -n '/^entities:/,$p' parts/entities.yaml >>parts/more/never.yaml
try 'ids and names are unique over all files'
{
	part never
	printf 'include:\n  - split.yaml\n'
} >parts/more/never.yaml
try 'round in a circle'
{
	part never
	printf 'include:\n  - parts/more/never.yaml\n'
} >parts/more/never.yaml
try 'a file that includes itself'
part never >parts/more/never.yaml
split parts/entities.yaml parts/others.yaml parts/others.yaml >split.yaml
try 'the same file twice'
split parts/entities.yaml ../outside.yaml /etc/hostname parts/../../outside.yaml >split.yaml
try 'outside of the directory'
echo 'no map' >parts/text.yaml
split parts/entities.yaml parts/text.yaml parts parts/missing.yaml >split.yaml
try 'no file of the form'
split parts/entities.yaml deep1.yaml >split.yaml
for n in 1 2 3 4 5 6 7 8 9; do
	printf 'format: 1\ninclude:\n  - deep%d.yaml\n' $((n + 1)) >deep$n.yaml
done
printf 'format: 1\n' >deep10.yaml
try 'too deep'
printf 'format: 1\n' >deep7.yaml
try 'as deep as it goes'
# shellcheck disable=SC2046 # many words
split parts/entities.yaml $(seq -f 'many%g.yaml' 300) >split.yaml
for n in $(seq 300); do echo 'format: 1' >"many$n.yaml"; done
try 'too many files'
