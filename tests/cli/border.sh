# SPDX-License-Identifier: BSD-3-Clause
# The directory of an inventory is a border, and what comes from outside is never printed as it is.
mkdir inv
echo 'SECRET_TOKEN=abc x' >secret
inventory() {
	cat data/good.yaml
	printf 'feeds:\n  - {id: feed, title: A feed, file: %s, form: domains,\n'\
'     action: nxdomain, basis: act}\n' "$1"
}
try() {
	inventory feed.txt >inv/i.yaml
	printf '%s: ' "$1"
	timeout 20 "$RPZGEN" build inv/i.yaml -o out </dev/null >said 2>&1
	printf 'exit %s ' $?
	grep -c SECRET said
	grep error said
	rm -rf out inv/feed.txt
}
ln -s ../secret inv/feed.txt
try 'a link out of it'
ln -s "$PWD/secret" inv/feed.txt
try 'an absolute link'
echo 'one.example' >inv/list
ln -s list inv/feed.txt
try 'a link within it'
mkfifo inv/feed.txt
try 'a FIFO'
ln -s /dev/zero inv/feed.txt
try 'a device'
mkdir inv/feed.txt
try 'a directory'
printf 'format: 1\ninclude:\n  - "-"\n' | cat data/good.yaml - >/dev/null
{
	cat data/good.yaml
	printf 'include:\n  - "-"\n  - fifo\n  - link.yaml\n'
} >inv/i.yaml
mkfifo inv/fifo
ln -s ../secret inv/link.yaml
echo 'format: 1' | timeout 20 "$RPZGEN" check inv/i.yaml 2>&1 | grep error
echo '## names of files'
"$RPZGEN" check "$(printf 'b\n::error file=x::no\033[31m.yaml')"
"$RPZGEN" build data/good.yaml -o "$(printf 'missing\n::error::/x')" 2>&1
echo '## a byte order mark'
{
	printf '\357\273\277'
	cat data/good.yaml
} >bom.yaml
"$RPZGEN" build -q bom.yaml -o bom
echo "exit $?"
