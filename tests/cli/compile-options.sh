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
echo '## everything as JSON'
"$RPZGEN" compile -q data/every-rule.rpz -o d.policy
"$RPZGEN" dump --json d.policy
