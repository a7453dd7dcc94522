# SPDX-License-Identifier: BSD-3-Clause
# check lists holes, explain tells the names that lie in one, and lines of feeds that change nothing
# are told.
sed 's/^    text: Risk treatment/&\n    overrides:\n'\
'      - name: a.lab.acme.example\n        action: passthru\n'\
'        owner: me\n        reason: research/' \
	data/good.yaml >override.yaml
"$RPZGEN" check --list-holes override.yaml
"$RPZGEN" check --list-holes data/good.yaml
"$RPZGEN" check --list-holes --json data/good.yaml
echo "exit $?"
names='acme.example lab.acme.example x.lab.acme.example a.lab.acme.example x.a.lab.acme.example'
# shellcheck disable=SC2086 # several names
"$RPZGEN" explain --inventory override.yaml --holes $names | grep -v '^  [^rh]'
echo '## an image, and the same as a zone without holes'
names='b.ent.example x.b.ent.example a.b.ent.example x.a.b.ent.example q.ent.example ent.example'
"$RPZGEN" compile -q data/holes.rpz -o holes.policy
"$RPZGEN" dump --close-holes holes.policy >closed.rpz
"$RPZGEN" compile -q closed.rpz -o closed.policy
# shellcheck disable=SC2086
"$RPZGEN" explain --policy holes.policy --holes $names
# shellcheck disable=SC2086
"$RPZGEN" explain --policy closed.policy --holes $names | grep hole
"$RPZGEN" explain --json --policy holes.policy --holes x.b.ent.example
echo '## feeds'
{
	cat data/good.yaml
	printf 'feeds:\n'
	for id in one two; do
		printf '  - id: %s\n    title: A feed\n    file: %s.txt\n    action: nxdomain\n'\
'    basis: act\n    form: ' $id $id
		[ $id = one ] && echo domains || echo hosts
	done
} >feeds.yaml
printf 'docs.acme.example\nnew.example\nnew.example\nother.example\n' >one.txt
printf '0.0.0.0 www.new.example\n0.0.0.0 own.example\n0.0.0.0 other.example\n' >two.txt
"$RPZGEN" check --profile regulated feeds.yaml
echo '## build says nothing of them'
"$RPZGEN" build feeds.yaml -o out
