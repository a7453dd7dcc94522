# SPDX-License-Identifier: BSD-3-Clause
# Standard output is for one: a report, or one of the files that are written.
try() {
	echo "## $*"
	"$RPZGEN" "$@" 2>&1
	echo "exit $?"
}
"$RPZGEN" keygen -q -o keys
set -- keys/private data/every-rule.rpz keys/public
for form in json sarif; do
	try compile data/every-rule.rpz -o - --$form
	try verify --anchor "$3" data/every-rule.rpz -o /dev/stdout --$form
	try check data/good.yaml --live --record - --$form
done
try sign --keys "$1" "$2" -o - --json
try export --form domains data/good.yaml --json
try export --form domains data/good.yaml -o - --json
try init - --json
try compile data/every-rule.rpz -o - --companion -
try check data/good.yaml --list-holes --live --record -
try probe --inventory data/good.yaml --server 127.0.0.1#9 --junit - --prometheus -
try probe --inventory data/good.yaml --server 127.0.0.1#9 --junit - --json
echo '## what a report as SARIF is alone with'
"$RPZGEN" build data/good.yaml -o out --sarif 2>&1 | sed 's/^/  /' | head -n 2
"$RPZGEN" compile data/every-rule.rpz -o a.policy --sarif 2>&1 | head -n 1
"$RPZGEN" check data/good.yaml --list-holes --sarif 2>&1 | head -n 1
echo '## a file beside the output has no place there'
"$RPZGEN" sign --keys "$1" out/manifest.json -o - 2>&1
echo "exit $?"
echo '## nor has a secret'
try keygen --log-key -
try keygen --pseudonym-key -
echo '## nothing is written before all outputs are open'
try compile data/every-rule.rpz -o . --companion -
try compile data/every-rule.rpz -o - --companion missing/b
ls
