# SPDX-License-Identifier: BSD-3-Clause
# A record at fault is named with line and owner, and costs that record; with --strict, everything.
"$RPZGEN" compile data/faults.rpz -o a.policy
echo "exit $?"
"$RPZGEN" dump a.policy | grep -v '^;'
echo '## strict'
"$RPZGEN" compile --strict data/faults.rpz -o b.policy 2>strict.err
echo "exit $?"
tail -n 1 strict.err
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
