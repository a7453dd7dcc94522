# SPDX-License-Identifier: BSD-3-Clause
# explain says what happens and why, also why not; a bad name does not end the run.
"$RPZGEN" build data/good.yaml -o out -q
echo '## image'
"$RPZGEN" explain --policy out/demo.policy WWW.Acme.example. other.example cdn.vendor.example
"$RPZGEN" explain --json --policy out/demo.policy WWW.Acme.example. other.example
echo '## inventory'
"$RPZGEN" explain --inventory data/good.yaml www.acme.example \
	maybe-sister.example cdn.vendor.example \
	x.models.example api.acme-cloud.example x.api.acme-cloud.example \
	xn--bcher-sister-vhb.example other.example
echo '## after the last day of a name'
"$RPZGEN" explain --inventory data/good.yaml --date 2027-01-01 api.acme-cloud.example | head -3
echo '## from stdin'
printf 'acme.example\n\nbad..name\na b\n%s\nx\\.y.acme.example\n' \
	"$(printf 'a%.0s' $(seq 64)).example" |
	"$RPZGEN" explain --json --policy out/demo.policy -
echo "exit $?"
printf 'b\033[31md..x\n' | "$RPZGEN" explain --policy out/demo.policy -
echo '## addresses and name servers'
printf '%s\n' '$ORIGIN rpz.example.' '@ SOA a. b. 1 2 3 4 5' '@ NS a.' \
	'32.1.2.0.192.rpz-client-ip CNAME rpz-drop.' \
	'24.0.2.0.192.rpz-ip CNAME *.' '48.zz.db8.2001.rpz-nsip CNAME .' \
	'ns.bad.example.rpz-nsdname CNAME .' >zone
"$RPZGEN" compile -q zone -o all.policy
"$RPZGEN" explain --policy all.policy --client 192.0.2.1 --client 192.0.2.2 \
	--response-ip 192.0.2.77 --ns ns.bad.example \
	--ns 2001:db8::1 --ns 2001:db9::1 --client nobody --client ::ffff:192.0.2.1
echo '## usage'
"$RPZGEN" explain acme.example
echo "exit $?"
"$RPZGEN" explain --policy out/demo.policy --inventory data/good.yaml acme.example
echo "exit $?"
"$RPZGEN" explain --policy out/demo.policy
echo "exit $?"
"$RPZGEN" explain --policy data/good.yaml acme.example
echo "exit $?"
