# SPDX-License-Identifier: BSD-3-Clause
# A build writes three files that belong together; the serial rises exactly when the rules change.
"$RPZGEN" build data/good.yaml -o out
cat out/demo.rpz out/manifest.json
for f in demo.rpz demo.policy; do
	grep -q "$(b2sum "out/$f" | cut -d' ' -f1)" out/manifest.json &&
		echo "$f: digest as in the manifest"
done
grep -v '^[;$@]' out/demo.rpz | b2sum -l 256 | cut -d' ' -f1
echo '## the same again, an hour later: the serial stays'
SOURCE_DATE_EPOCH=1767229200 "$RPZGEN" build data/good.yaml -o out
echo '## other rules: the time is later, so it becomes the serial'
sed 's/acme-cloud/acme-clouds/' data/good.yaml >good.yaml
SOURCE_DATE_EPOCH=1767229200 "$RPZGEN" build good.yaml -o out
echo '## other rules again, the clock is behind: the serial rises by one'
"$RPZGEN" build data/good.yaml -o out
echo '## the serial wraps around (RFC 1982)'
sed 's/"serial": [0-9]*/"serial": 4294967295/;s/"rule_digest": "../"rule_digest": "00/' \
	out/manifest.json >wrap.json
SOURCE_DATE_EPOCH=4294967200 "$RPZGEN" build data/good.yaml -o wrap \
	--previous wrap.json --date 2026-01-01
echo '## the manifest of another policy, no manifest'
sed 's/"demo"/"other"/' out/manifest.json >other.json
"$RPZGEN" build data/good.yaml -o none --previous other.json
echo "exit $?"
"$RPZGEN" build data/good.yaml -o none --previous data/good.yaml
echo "exit $?"
"$RPZGEN" build data/good.yaml -o none --previous missing.json
echo "exit $?"
echo '## a directory that is a stream'
"$RPZGEN" build data/good.yaml -o -
echo "exit $?"
"$RPZGEN" keygen --output=-
echo "exit $?"
"$RPZGEN" build -q data/good.yaml -o ./-
ls
