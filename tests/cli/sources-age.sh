# SPDX-License-Identifier: BSD-3-Clause
# check warns of sources that move, of an official home page, and of those looked at more than a
# year before --date; without a day it does not judge age, whatever the clock says.
edit() { sed "$1" data/good.yaml >edited.yaml; }
edit 's,url: https://one.example/a,url: https://github.com/someone/lists/blob/main/acme.txt,'
echo '## a branch'
"$RPZGEN" check edited.yaml 2>&1
echo "exit $?"
echo '## and only check says so'
"$RPZGEN" build -q edited.yaml -o out
echo '## a home page, of the office and of others'
edit 's,https://office.example/act,https://office.example/en,;s,one.example/a,one.example/,'
"$RPZGEN" check edited.yaml 2>&1
echo '## age: no day, the last good day, the day after, years after'
for day in '' 2026-01-02 2026-01-03 2031-01-01; do
	echo "at ${day:-no day}:"
	SOURCE_DATE_EPOCH=1956528000 "$RPZGEN" check data/good.yaml ${day:+--date "$day"} 2>&1 |
		grep -o 'inv-evidence-[a-z]*' | sort | uniq -c
done
echo '## as data'
"$RPZGEN" check --json data/good.yaml --date 2027-01-01 | grep -c inv-evidence-old
