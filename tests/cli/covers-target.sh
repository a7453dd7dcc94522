# SPDX-License-Identifier: BSD-3-Clause
# compile warns of a wildcard that covers the name it leads to, and of nothing that is near it.
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
