# SPDX-License-Identifier: BSD-3-Clause
# export writes each form, leaves out what it cannot say and tells so; nothing half is written.
cat >seen.json <<'END'
{ "format": 1, "date": "2026-01-01",
  "names": {
    "acme.example": { "state": "exists", "zone": "acme.example", "aliases": [] },
    "api.acme-cloud.example": { "state": "exists", "zone": "acme-cloud.example", "aliases": [] } },
  "zones": {
    "acme.example": { "signed": "validated", "servers": [] },
    "acme-cloud.example": { "signed": "without-chain", "servers": [] } } }
END
sed 's/validated/no/; s/without-chain/no/' seen.json >unsigned.json
sed 's/^    text: Risk treatment/&\
    overrides:\
      - name: sister.example\
        action: nodata\
        owner: dns@example.org\
        reason: to be seen\
      - name: shop.acme.example\
        action: passthru\
        owner: dns@example.org\
        reason: in use/; s/b.cher-sister/sister/; /^never:/,/reason/d' data/good.yaml >more.yaml
for form in domains hosts dnsmasq unbound adguard recursor knot; do
	echo "## $form"
	"$RPZGEN" export --form "$form" data/good.yaml 2>&1
done
for form in domains hosts dnsmasq unbound adguard recursor knot; do
	echo "## $form with other actions"
	"$RPZGEN" export --form "$form" more.yaml 2>&1 | grep -v 'api.acme-cloud'
done
for program in unbound bind knot resolved; do
	echo "## trust-anchors for $program"
	"$RPZGEN" export -q --form trust-anchors --live seen.json --for "$program" \
		data/good.yaml 2>&1
done
echo '## trust-anchors in all forms'
"$RPZGEN" export --form trust-anchors --live seen.json data/good.yaml 2>&1
echo '## nothing is signed'
"$RPZGEN" export -q --form trust-anchors --live unsigned.json --for bind data/good.yaml 2>&1
echo '## into a file, as JSON'
"$RPZGEN" export --form domains --json data/good.yaml -o list
cat list
"$RPZGEN" export --form adguard data/good.yaml -o filter
echo '## the same again'
"$RPZGEN" export -q --form domains data/good.yaml 2>&1 | cmp - list && echo same
echo '## bad input'
try() {
	"$RPZGEN" export "$@" 2>&1
	echo "exit $?"
}
try data/good.yaml
try --form bloom data/good.yaml
try --form domains nowhere.yaml
try --form domains --for bind data/good.yaml
try --form trust-anchors data/good.yaml
try --form trust-anchors --live seen.json --for dig data/good.yaml
try --form trust-anchors --live data/good.yaml data/good.yaml
try --form trust-anchors --live nowhere.json data/good.yaml
try --form domains --json data/good.yaml
try --form domains data/good.yaml -o no/where
try --form domains --profile none data/good.yaml -o kept
ls
