# SPDX-License-Identifier: BSD-3-Clause
# Holes are counted, listed, kept as RFC 4592 has them, and closed for every reader.
names='nx q.nx ok.nx x.ok.nx ent a.ent b.ent x.b.ent a.b.ent x.a.b.ent
	deep z.deep q.z.deep y.z.deep x.y.z.deep q.x.y.z.deep'
ask() {
	for name in $names; do echo "$name.example"; done |
		"$RPZGEN" explain --json --policy "$1" - |
		sed 's/^{"name":"\([^"]*\)","action":"\([^"]*\)".*/\1 \2/'
}
"$RPZGEN" compile data/holes.rpz -o cover.policy
"$RPZGEN" compile --list-holes data/holes.rpz -o cover.policy 2>&1
ask cover.policy >cover
cat cover
echo '## kept'
"$RPZGEN" compile --wildcards=rfc4592 data/holes.rpz -o keep.policy
ask keep.policy | diff cover -
"$RPZGEN" explain --holes --policy keep.policy q.z.deep.example z.deep.example
"$RPZGEN" dump --json keep.policy | grep '"stop"'
echo '## a dump has the rules and no stop entries'
"$RPZGEN" dump keep.policy
echo '## closed'
"$RPZGEN" dump --close-holes cover.policy | tee closed.rpz
"$RPZGEN" compile closed.rpz -o closed.policy
ask closed.policy | diff cover - && echo 'the same answers'
"$RPZGEN" dump --close-holes keep.policy | cmp - closed.rpz && echo 'the same zone'
echo '## pruned'
"$RPZGEN" compile --prune closed.rpz -o pruned.policy
ask pruned.policy | diff cover - && echo 'the same answers'
"$RPZGEN" dump pruned.policy | grep -v '^[;$@]'
