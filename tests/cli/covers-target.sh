# SPDX-License-Identifier: BSD-3-Clause
# A wildcard that covers the name it leads to is warned of, and nothing that is near it: by compile,
# build and verify --install.
head='$ORIGIN demo.rpz.
$TTL 60
@ SOA localhost. dns.example.org. 1 3600 600 86400 60
@ NS localhost.'
cat >covers.rpz <<EOT
$head
*.corp.example CNAME portal.corp.example.
*.deep.example CNAME a.b.deep.example.
*.grow.example CNAME *.grow.example.
*.loud.example CNAME PORTAL.Loud.Example.
*.near.example CNAME portal.near.example.
*.b.near.example CNAME portal.b.near.example.
EOT
cat >apart.rpz <<EOT
$head
*.corp.example CNAME portal.corp.example.
portal.corp.example CNAME rpz-passthru.
*.data.example CNAME portal.data.example.
portal.data.example A 192.0.2.1
*.lower.example CNAME a.b.lower.example.
*.b.lower.example CNAME rpz-passthru.
*.apex.example CNAME apex.example.
exact.example CNAME www.exact.example.
*.other.example CNAME garden.example.
*.label.example CNAME portal.notlabel.example.
*.gone.example CNAME .
24.0.0.0.10.rpz-ip CNAME portal.corp.example.
EOT
for zone in covers apart; do
	echo "## $zone"
	"$RPZGEN" compile "$zone.rpz" -o "$zone.policy" 2>&1 | grep -v guard-
	"$RPZGEN" compile -q "$zone.rpz" -o "$zone.policy" 2>/dev/null
	echo "exit $?"
done
echo '## of a feed'
{
	cat data/good.yaml
	echo 'feeds:'
	echo '  - {id: feed, title: A feed, file: covers.rpz, form: rpz, basis: act,'
	echo '     brings: [redirects]}'
	echo 'exceptions:'
	echo '  - {guard: guard-redirect, owner: me, reason: r, expires: 2026-12-31}'
} >feed.yaml
"$RPZGEN" build feed.yaml -o out 2>&1 | grep -v guard-
echo '## to be installed'
"$RPZGEN" keygen -q -o keys --zone demo.rpz
"$RPZGEN" sign -q -k keys/private covers.rpz -o covers.signed
"$RPZGEN" verify -a keys/public --time "$SOURCE_DATE_EPOCH" --install dir --guards=warn \
	covers.signed 2>&1 | grep -c '^covers.signed:[0-9]*:1: warning: .* \[zone-covers-target\]$'
"$RPZGEN" verify -a keys/public --time "$SOURCE_DATE_EPOCH" --install other covers.signed 2>&1 |
	sed 's/:[0-9]*:1:/:N:1:/' | grep 'guard-redirect\|install-guards'
