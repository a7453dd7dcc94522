# SPDX-License-Identifier: BSD-3-Clause
# --origin of diff, sign and verify is that of compile; --guards of verify --install refuses.
now=$SOURCE_DATE_EPOCH
"$RPZGEN" keygen -o keys --zone feed.example >keygen.out 2>&1 || cat keygen.out
try() {
	echo "## $*"
	"$RPZGEN" "$@" >said 2>&1
	status=$?
	sed 's/signed by key [0-9]*/signed by key N/' said # each run has another key
	echo "exit $status"
}
cat >relative <<'EOT'
$TTL 60
@ SOA localhost. dns.example.org. 1 3600 600 86400 60
@ NS localhost.
listed.test CNAME .
EOT
sed 's/listed\.test/&.feed.example./; s/^@/feed.example./' relative >absolute
try sign -q -k keys/private relative -o none.signed
try sign -q -k keys/private relative -o none.signed --origin a..b
try sign -q -k keys/private relative -o relative.signed --origin Feed.Example.
try sign -q -k keys/private absolute -o absolute.signed
cmp relative.signed absolute.signed && echo 'the same signed zone'
try diff relative absolute --origin feed.example
try diff relative absolute --origin other.example
try diff relative absolute --origin a..b
sed '/^\$ORIGIN/d; s/^feed\.example\./@/; s/\.feed\.example\.\([^a-z]\)/\1/' \
	relative.signed >relative.again
grep -c '^@' relative.again | sed 's/^[1-9][0-9]*$/owners are relative/'
try verify -q -a keys/public --time "$now" relative.again
try verify -q -a keys/public --time "$now" --origin feed.example relative.again
try verify -q -a keys/public --time "$now" --origin a..b relative.again

cat >wide <<'EOT'
$ORIGIN feed.example.
$TTL 60
@ SOA localhost. dns.example.org. 2 3600 600 86400 60
@ NS localhost.
listed.test CNAME .
com CNAME .
EOT
"$RPZGEN" compile wide -o wide.plain >compile.out 2>&1
try sign -q -k keys/private wide.plain -o wide.policy
try sign -q -k keys/private wide -o wide.signed
for file in wide.policy wide.signed; do
	try verify -a keys/public --time "$now" --install "$file.refused" --guards=refuse "$file"
	[ -e "$file.refused/current" ] || echo 'nothing is installed'
	try verify -a keys/public --time "$now" --install "$file.warned" --guards=warn "$file"
	try verify -a keys/public --time "$now" --install "$file.default" "$file"
	[ -e "$file.default/current" ] || echo 'nothing is installed'
done
# Whoever signed it: an exception that allows it comes with a manifest (exceptions.sh).
n=0
while read -r line; do
	n=$((n + 1))
	sed "s/^com CNAME \.\$/$line/" wide >"line$n"
	"$RPZGEN" sign -q -k keys/private "line$n" -o "line$n.signed"
	"$RPZGEN" verify -q -a keys/public --time "$now" --install "line$n.dir" "line$n.signed" \
		>said 2>&1
	printf '%s: exit %s %s\n' "$line" $? "$(grep -o '\[[a-z-]*\]$' said | paste -s -d ' ' -)"
done <<'EOT'
walled.test A 192.0.2.1
walled.test HTTPS 1 . ipv4hint=192.0.2.1
walled.test MX 10 mail.example.
github.io CNAME .
* CNAME .
0.0.0.0.0.rpz-ip CNAME .
0.zz.rpz-ip CNAME .
0.0.0.0.0.rpz-client-ip CNAME rpz-drop.
24.0.2.0.192.rpz-client-ip CNAME rpz-passthru.
*.rpz-nsdname CNAME .
*.com.rpz-nsdname CNAME .
0.0.0.0.0.rpz-nsip CNAME .
EOT
# What is said of a verified zone is said of its own lines.
sed 's/^com CNAME \.$/self.example CNAME self.example./' wide >self
"$RPZGEN" sign -q -k keys/private self -o self.signed 2>/dev/null
line=$(grep -n '^self.example [0-9]* CNAME ' self.signed | cut -d : -f 1)
"$RPZGEN" verify -a keys/public --time "$now" self.signed 2>&1 |
	sed "s/^self.signed:$line:/HERE:/" | grep warning
try verify -a keys/public --install dir --guards=perhaps wide.policy
try verify -a keys/public --guards=refuse wide.policy
