# SPDX-License-Identifier: BSD-3-Clause
# A record at fault is named with line and owner, and costs that record; with --strict, or where
# many are, everything, and what was there stays.
"$RPZGEN" compile data/faults.rpz -o a.policy --max-refused 100%
echo "exit $?"
"$RPZGEN" dump a.policy | grep -v '^;'
echo '## strict'
"$RPZGEN" compile --strict data/faults.rpz -o b.policy 2>strict.err
echo "exit $?"
tail -n 1 strict.err
echo '## too many'
cp a.policy was
for most in '' '--max-refused 19' '--max-refused 20' '--max-refused 71%' '--max-refused 72%' \
	'--max-refused many'; do
	# shellcheck disable=SC2086 # words
	"$RPZGEN" compile -q data/faults.rpz -o a.policy $most 2>err
	echo "$most: exit $?, $(cmp -s a.policy was && echo the same), $(grep -c refused err)"
done
echo '## the image that it would replace'
list() {
	printf '%s\n' '$ORIGIN rpz.example.' '@ SOA a. b. 1 2 3 4 5' '@ NS a.'
	seq "$1" "$2" | sed 's/.*/x&.example CNAME ./'
}
replace() {
	list 1 "$1" >before
	list "$2" "$3" >after
	rm -f r.policy
	"$RPZGEN" compile -q before -o r.policy
	cp r.policy was
	"$RPZGEN" compile -q after -o r.policy
	echo "$1, then $2 to $3: exit $?, $(cmp -s r.policy was && echo the same || echo replaced)"
}
replace 100 1 50
replace 100 1 49
replace 100 101 200
replace 40 21 21
replace 41 20 20
replace 41 21 21
list 1 100 >before
rm -f r.policy
"$RPZGEN" compile -q before -o r.policy
for exempt in 51 50; do
	sed "4,$((exempt + 3))s/CNAME \\.$/CNAME rpz-passthru./" before >after
	"$RPZGEN" compile -q after -o r.policy
	echo "$exempt of 100 are exempt: exit $?"
	"$RPZGEN" compile -q before -o r.policy
done
list 41 41 >before
"$RPZGEN" compile -q before -o r.policy --accept-change
list 21 21 >after
"$RPZGEN" compile -q after -o r.policy --id other
echo "another id: exit $?"
"$RPZGEN" compile -q after -o r.policy --id other --accept-change
echo "a change that is meant: exit $?"
echo rubbish >r.policy
"$RPZGEN" compile -q after -o r.policy --id other
echo "no image there: exit $?"
echo '## guards that refuse'
list 1 1 >zone
echo 'com CNAME .' >>zone
"$RPZGEN" compile zone -o g.policy --guards=warn
echo "exit $?"
"$RPZGEN" compile zone -o g2.policy --guards=refuse
echo "exit $?"
echo '## more records than an owner can have'
{
	printf '%s\n' '$ORIGIN rpz.example.' '@ SOA a. b. 1 2 3 4 5' '@ NS a.' \
		'good.example CNAME .'
	seq 1026 | sed 's/.*/many.example TXT "&"/'
} >many
"$RPZGEN" compile many -o many.policy
echo "exit $?"
"$RPZGEN" dump many.policy | grep -c '^many.example'
echo '## nothing at all: no file, no zone, no origin, a file of the reader, cut short'
try() {
	printf "$1" >zone
	"$RPZGEN" compile zone -o c.policy
	echo "exit $?"
}
"$RPZGEN" compile missing -o c.policy
echo "exit $?"
try ''
try 'a.example CNAME .\n'
try '@ SOA a. b. 1 2 3 4 5\n@ NS a.\n'
try '$ORIGIN rpz.example.\n@ SOA a. b. 1 2 3 4 5\n@ NS a.\n$INCLUDE data/holes.rpz\n'
try '$ORIGIN rpz.example.\n@ SOA a. b. 1 2 3 4 5\n@ NS a.\nx.example CNAME .'
ls
echo '## the owner is named; what BIND alone reads'
try '$ORIGIN rpz.example.\n@ SOA a. b. 1 2 3 4 5\n@ NS a.\n'\
't.example CNAME x..y\nu.example FOO bar\n$GENERATE 1-2 h$ CNAME .\n'
echo '## as JSON'
"$RPZGEN" compile --json zone -o c.policy
echo "exit $?"
