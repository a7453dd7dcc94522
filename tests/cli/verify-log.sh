# SPDX-License-Identifier: BSD-3-Clause
# A linked log is whole, or it is told where it is not; the log is made by another program.
/usr/bin/python3 data/linkedlog.py 12 >whole.json
with() {
	echo "== $1"
	"$RPZGEN" verify-log ${2-} log.json 2>&1
	echo "exit $?"
}
cp whole.json log.json && with whole
head -5 whole.json >a.json && tail -n +6 whole.json >b.json
echo '== two files'
"$RPZGEN" verify-log a.json b.json
"$RPZGEN" verify-log - <b.json
"$RPZGEN" verify-log b.json a.json 2>&1
sed '4s/enforced/observed/' whole.json >log.json && with changed
sed '4d;5d' whole.json >log.json && with removed
sed '4p' whole.json >log.json && with doubled
sed '4{h;d};6G' whole.json >log.json && with reordered
sed '4s/,"hash":.*/}}/' whole.json >log.json && with unlinked
sed '4s/.*/nonsense/' whole.json >log.json && with nonsense
sed '4s/"hash":"..../"hash":"0000/' whole.json >log.json && with 'another link'
sed '4s/"line":4/"line":99999999999999999999/' whole.json >log.json && with 'no number'
again() {
	cat a.json
	/usr/bin/python3 data/linkedlog.py 3 "$@"
}
again | sed '6,$s/enforced/observed/' >log.json && with 'begun again and changed'
again "$(printf %064d 1)" >log.json && with 'keyed half way'
printf %s "$(cat whole.json)" >log.json && with 'no end'
: >log.json && with empty
echo '== a tail that was cut off'
head -9 whole.json >log.json
sed -n '3p;12p' whole.json >sent.json
"$RPZGEN" verify-log --shipped sent.json log.json 2>&1
echo "exit $?"
"$RPZGEN" verify-log --shipped sent.json whole.json
echo "exit $?"
echo '== keyed'
"$RPZGEN" keygen --log-key log.key >id
hex=$(sed 's/.* //' log.key)
/usr/bin/python3 data/linkedlog.py 12 "$hex" >log.json
with 'with its key' '--key log.key'
with 'without its key'
"$RPZGEN" keygen --quiet --log-key other.key
with 'with another key' '--key other.key'
sed '10s/enforced/observed/' log.json >log2.json && mv log2.json log.json
with 'changed' '--key log.key'
cp whole.json log.json && with 'not keyed' '--key log.key'
"$RPZGEN" verify-log none.json
echo "exit $?"
"$RPZGEN" verify-log --key none.key log.json
echo "exit $?"
chmod 644 log.key
"$RPZGEN" verify-log --key log.key log.json
echo "exit $?"
