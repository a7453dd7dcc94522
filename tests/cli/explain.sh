# SPDX-License-Identifier: BSD-3-Clause
# explain says what happens and why, also why not; a bad name does not end the run.
"$RPZGEN" build data/good.yaml -o out -q
echo '## image'
"$RPZGEN" explain --policy out/demo.policy WWW.Acme.example. other.example cdn.vendor.example
"$RPZGEN" explain --json --policy out/demo.policy WWW.Acme.example. other.example
echo '## inventory'
"$RPZGEN" explain --inventory data/good.yaml www.acme.example maybe-sister.example cdn.vendor.example \
	x.models.example api.acme-cloud.example x.api.acme-cloud.example xn--bcher-sister-vhb.example other.example
echo '## after the last day of a name'
"$RPZGEN" explain --inventory data/good.yaml --date 2027-01-01 api.acme-cloud.example | head -3
echo '## from stdin'
printf 'acme.example\n\nbad..name\na b\n%s\nx\\.y.acme.example\n' "$(printf 'a%.0s' $(seq 64)).example" |
	"$RPZGEN" explain --json --policy out/demo.policy -
echo "exit $?"
printf 'b\033[31md..x\n' | "$RPZGEN" explain --policy out/demo.policy -
echo '## usage'
"$RPZGEN" explain acme.example
echo "exit $?"
"$RPZGEN" explain --policy out/demo.policy --inventory data/good.yaml acme.example
echo "exit $?"
"$RPZGEN" explain --policy out/demo.policy
echo "exit $?"
"$RPZGEN" explain --policy data/good.yaml acme.example
echo "exit $?"
