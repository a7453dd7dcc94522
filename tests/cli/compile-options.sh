# SPDX-License-Identifier: BSD-3-Clause
# The options of compile and dump, and what is wrong with them.
try() {
	echo "## $*"
	"$RPZGEN" "$@"
	echo "exit $?"
}
header() {
	"$RPZGEN" dump --json "$1" | head -n 1
}
try compile data/holes.rpz
try compile -o a.policy
try compile data/holes.rpz -o a.policy --wildcards=both
try compile data/holes.rpz -o a.policy --wildcards=rfc4592 --prune
try compile data/holes.rpz -o a.policy --origin a..b
try compile data/holes.rpz -o a.policy --origin other.example
try compile data/holes.rpz -o a.policy --id 'Not an id'
try compile data/holes.rpz -o a.policy --valid-days 0
try compile data/holes.rpz -o - --list-holes
try compile data/holes.rpz -o - --companion -
try compile data/holes.rpz -o a.policy --companion - --json
cp data/holes.rpz zone.rpz
try compile zone.rpz -o zone.rpz
try compile data/holes.rpz -o a.policy --companion ./a.policy
try compile data/holes.rpz -o missing/a.policy
try dump missing.policy
try dump data/holes.rpz
ls
echo '## and right'
"$RPZGEN" compile -q data/holes.rpz -o a.policy --id my-feed --valid-days 35
header a.policy
printf '@ SOA ns host 4294967295 1 2 3 900\n@ NS ns\nx.example CNAME .\n' >relative
"$RPZGEN" compile -q relative -o b.policy --origin Feed.Example.
header b.policy
printf '$ORIGIN _feed.example.\n@ SOA ns host 1 1 2 3 900\n@ NS ns\nx.example CNAME .\n' >underscore
"$RPZGEN" compile -q underscore -o c.policy
echo "exit $?"
echo '## the companion alone on standard output'
"$RPZGEN" compile data/every-rule.rpz -o d.policy --companion - 2>/dev/null | head -n 3
echo '## a header that says another rule digest, under a digest of the file that is right'
size=$(wc -c <a.policy)
{
	head -c 104 a.policy
	printf '%032d' 0
	head -c $((size - 64)) a.policy | tail -c +137
} >lie
env printf "$(b2sum lie | cut -c 1-128 | sed 's/../\\x&/g')" >>lie
"$RPZGEN" dump lie | tail -n 1
echo '## everything as JSON'
"$RPZGEN" compile -q data/every-rule.rpz -o d.policy
"$RPZGEN" dump --json d.policy
echo '## no output takes the place of its input, through a link either'
cp data/every-rule.rpz in.rpz
ln -s in.rpz link
ln in.rpz second
for output in in.rpz ./in.rpz link second; do
	"$RPZGEN" compile -q in.rpz -o "$output" 2>&1
	echo "exit $?"
done
"$RPZGEN" verify -q --anchor . in.rpz -o link 2>&1
echo "exit $?"
cmp in.rpz data/every-rule.rpz
cp data/good.yaml in.yaml
for option in junit prometheus; do
	"$RPZGEN" probe -q --inventory in.yaml --server 127.0.0.1#1 --$option ./in.yaml 2>&1
	echo "exit $?"
done
cmp in.yaml data/good.yaml
