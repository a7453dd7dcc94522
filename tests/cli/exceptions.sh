# SPDX-License-Identifier: BSD-3-Clause
# Consumers judge by the guards of the publisher, and by its exceptions, which the manifest tells.
day=86400
"$RPZGEN" keygen -o keys --zone demo.rpz >keygen.out 2>&1 || cat keygen.out
ids() { grep -o '\[[a-z-]*\]$' "$1" | sort | uniq -c | sed 's/^ *//' | paste -s -d ',' -; }
# publish INVENTORY: a signed set in set/, and its signed zone
publish() {
	rm -rf out set dir
	"$RPZGEN" build -q "$1" -o out 2>&1 || return
	mkdir set
	"$RPZGEN" sign -q -k keys/private out/demo.policy -o set/demo.policy
	"$RPZGEN" sign -q -k keys/private out/demo.rpz -o zone.signed
	cp out/demo.rpz out/manifest.json set
	seal
}
seal() {
	"$RPZGEN" sign -q -k keys/private set/manifest.json -o signed.json
	mv signed.json.minisig set/manifest.json.minisig
}
# install FILE [OPTION]...: a new directory each time
install() {
	rm -rf dir
	"$RPZGEN" verify -q -a keys/public --install dir "$@" >said 2>&1
	status=$?
	sed 's/^/  /' said
	[ -e dir/current ] && where=installed || where='nothing is installed'
	echo "exit $status, $where"
}
exceptions() { sed -n '/"exceptions"/,/^  \]/p' out/manifest.json; }
cat >rules <<'END'
$ORIGIN x.
@ 60 SOA a. b. 1 1 1 1 1
@ NS a.
walled.example A 192.0.2.1
other.example CNAME garden.example.
github.io CNAME .
www.github.com CNAME .
8.0.0.0.10.rpz-ip CNAME .
24.0.2.0.192.rpz-client-ip CNAME rpz-drop.
END
# wanted DAY: an inventory that means all of them until that day
wanted() {
	cat data/good.yaml
	printf 'feeds:\n  - {id: feed, title: A feed, file: rules, form: rpz, basis: act,\n'\
'     brings: [addresses, clients, redirects]}\nexceptions:\n'
	for guard in guard-redirect 'guard-private-suffix, name: github.io' \
		'guard-popular, name: github.io' 'guard-popular, name: www.github.com' \
		'guard-address, name: 8.0.0.0.10.rpz-ip' \
		'guard-client, name: 24.0.2.0.192.rpz-client-ip'; do
		printf '  - {guard: %s, owner: J. Doe, ' "$guard"
		printf 'reason: "ticket 7, žluťoučký", expires: %s}\n' "$1"
	done
}
wanted 2026-01-10 >wanted.yaml
publish wanted.yaml
echo '## what the manifest tells'
exceptions
echo '## by the manifest, until their last day'
install set/manifest.json --time "$SOURCE_DATE_EPOCH"
install set/manifest.json --time $((SOURCE_DATE_EPOCH + 10 * day - 1))
install set/manifest.json --time $((SOURCE_DATE_EPOCH + 10 * day))
install set/manifest.json --time $((SOURCE_DATE_EPOCH + 10 * day)) --guards=warn
echo '## a single file tells none'
install set/demo.policy --time "$SOURCE_DATE_EPOCH"
install zone.signed --time "$SOURCE_DATE_EPOCH" >single; ids single; tail -1 single
echo '## exceptions that nobody signed'
sed 's/"expires": "2026-01-10"/"expires": "2036-01-10"/g' set/manifest.json >forged
mv forged set/manifest.json
install set/manifest.json --time "$SOURCE_DATE_EPOCH"
echo '## one for each rule, or for all'
sed 's/"name": "github\.io"/"name": "gitlab.io"/; s/"name": "8.0.0.0.10.rpz-ip"/"name": ""/' \
	out/manifest.json >set/manifest.json
seal
install set/manifest.json --time "$SOURCE_DATE_EPOCH"
sed '/"guard-redirect"/{n;s/""/"walled.example"/;}' \
	out/manifest.json >set/manifest.json
seal
install set/manifest.json --time "$SOURCE_DATE_EPOCH"
echo '## what no exception lifts'
sed '/^@ NS/a * CNAME .' rules >zone
"$RPZGEN" compile -q zone --id demo -o wide.policy 2>/dev/null
"$RPZGEN" sign -q -k keys/private wide.policy -o root.policy
install root.policy --time "$SOURCE_DATE_EPOCH" >root; ids root; tail -1 root
echo '## popular names that evidence answers for'
sed 's/name: acme.example/name: seznam.cz/;s/name: www.acme.example/name: www.seznam.cz/' \
	data/good.yaml >popular.yaml
publish popular.yaml
exceptions
install set/manifest.json --time "$SOURCE_DATE_EPOCH"
install set/demo.policy --time "$SOURCE_DATE_EPOCH"
echo '## members of an exception'
while read -r edit; do
	sed "$edit" out/manifest.json >edited.json
	"$RPZGEN" sign -q -k keys/private edited.json -o signed.json 2>&1 | head -1
done <<'END'
/"owner": /d
s/"expires": "[^"]*"/"expires": "soon"/
s/"name": "seznam.cz"/"name": "a..b"/
s/"guard": "guard-popular"/"guard": "guard-popularity-of-names-that-is-too-long"/
s/"exceptions": \[/&"x",/
END
