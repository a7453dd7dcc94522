# SPDX-License-Identifier: BSD-3-Clause
# Rules are in force on the days and for the profiles that the inventory says.
show() {
	"$RPZGEN" build data/good.yaml -o out "$@" 2>&1
	echo "exit $?"
	[ ! -e out ] || grep -v '^[;$@]' out/demo.rpz
	rm -rf out
}
echo '## before the basis'
show --date 2024-12-31
echo '## first day'
show --date 2025-01-01
echo '## last day of a name'
show --date 2026-12-31
echo '## the day after'
show --date 2027-01-01
echo '## public: observed only, nothing in the zone'
show --profile public
echo '## unknown profile, near miss'
show --profile regulatd
echo '## no date'
show --date 2025-02-29
echo '## affiliates off'
sed 's/enabled: yes/enabled: no/' data/good.yaml >off.yaml
"$RPZGEN" build off.yaml -o out
grep -v '^[;$@]' out/demo.rpz
echo '## an override exempts a name below a listed one'
sed 's/^    text: Risk treatment/&\n    overrides:\n'\
'      - name: docs.acme.example\n        action: passthru\n        owner: me\n'\
'        reason: research\n        until: 2026-06-30/' \
	data/good.yaml >override.yaml
"$RPZGEN" build override.yaml -o out2
grep -v '^[;$@]' out2/demo.rpz
"$RPZGEN" explain --policy out2/demo.policy x.docs.acme.example docs.acme.example x.acme.example |
	grep -v '^ '
echo '## and after its last day no longer'
"$RPZGEN" build override.yaml -o out3 --date 2026-07-01
grep -c docs out3/demo.rpz
