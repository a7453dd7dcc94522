# SPDX-License-Identifier: BSD-3-Clause
# The serial rises when a consumer would see a difference, and only then.
"$RPZGEN" build -q data/good.yaml -o first
try() {
	rm -rf out
	cp -R first out
	sed "$2" data/good.yaml >changed.yaml
	printf '%s: ' "$1"
	SOURCE_DATE_EPOCH=1767229200 "$RPZGEN" build changed.yaml -o out 2>&1 | tail -n 1
}
try 'nothing' ''
try 'a note' 's/^    relation: self/    note: why\n&/'
try 'the TTL' 's/^  ttl: 30/  ttl: 60/;s/^  negative-ttl: 30/  negative-ttl: 60/'
try 'the apex' 's/^  apex: demo.rpz/  apex: demo2.rpz/'
try 'the contact' 's/dns@example.org/other@example.org/'
try 'the title' 's/^  title: A small policy/  title: Another/'
try 'the text for clients' 's/^    short: Act 1/    short: Act 2/'
try 'what is observed' 's/cdn.vendor.example/cdn2.vendor.example/'
try 'the validity' 's/valid-days: 35/valid-days: 36/'
try 'the rules' 's/api.acme-cloud/api2.acme-cloud/'
echo '## the TTL is one, whichever way the policy came'
sed 's/^  ttl: 30/  ttl: 3600/' data/good.yaml >ttl.yaml
"$RPZGEN" build -q ttl.yaml -o ttl
grep '^\$TTL\|SOA' ttl/demo.rpz
"$RPZGEN" compile -q ttl/demo.rpz -o compiled.policy
for f in ttl/demo.policy compiled.policy; do
	"$RPZGEN" dump --json "$f" | head -n 1 | grep -o '"ttl":[0-9]*'
done
"$RPZGEN" dump compiled.policy | grep '^\$TTL\|SOA'
echo '## another profile under the same id'
"$RPZGEN" build data/good.yaml -o first --profile public
echo "exit $?"
"$RPZGEN" build data/good.yaml -o first --profile public --change-profile
echo "exit $?"
echo '## the default profile of another inventory is its first'
sed 's/id: regulated/id: staff/' data/good.yaml >staff.yaml
"$RPZGEN" build staff.yaml -o staff
"$RPZGEN" build staff.yaml -o staff --profile none
echo "exit $?"
