# SPDX-License-Identifier: BSD-3-Clause
# Files that are no inventory at all are refused in one line, at once.
try() {
	echo "## $1"
	"$RPZGEN" build "$2" -o out 2>&1
	echo "exit $?"
	[ ! -e out ] || { ls out; rm -r out; }
}
try missing missing.yaml
mkdir dir.yaml
try directory dir.yaml
: >empty.yaml
try empty empty.yaml
printf 'format: 1\n\000\n' >nul.yaml
try nul nul.yaml
printf 'format: 1\nx: \377\n' >latin1.yaml
try not-utf-8 latin1.yaml
printf 'format: "a\\u0085b"\n' >control.yaml
try control-character control.yaml
printf '\033[31mformat\033[0m: 1\n' >escape.yaml
try terminal-escape escape.yaml
head -c 60000 /dev/zero | tr '\0' '[' >brackets.yaml
try brackets brackets.yaml
head -c 17000000 /dev/zero | tr '\0' '#' >huge.yaml
try huge huge.yaml
echo 'just text' >text.yaml
try text text.yaml
printf -- '- 1\n- 2\n' >list.yaml
try list list.yaml
printf 'format: 2\n' >format.yaml
try other-format format.yaml
head -c 3000 data/good.yaml >cut.yaml
try cut-short cut.yaml
{ cat data/good.yaml; echo '<html><body>503</body></html>'; } >html.yaml
try html html.yaml
