# SPDX-License-Identifier: BSD-3-Clause
# Lists for Unbound mean here what they do there: the zone that a name is in decides.
try() {
	echo "## $1"
	cat >feed.txt
	{
		cat data/good.yaml
		printf 'feeds:\n  - {id: feed, title: A feed, file: feed.txt, form: unbound,\n'\
'     action: nxdomain, basis: act}\n'
	} >feed.yaml
	"$RPZGEN" build feed.yaml -o out 2>&1 | grep -v 'placeholder\|^demo\|^rpzgen: '
	[ ! -e out ] || grep -v '^[;$@]\|acme\|sister' out/demo.rpz
	rm -rf out
}
try 'data of a name that the zone only begins with' <<'EOT'
local-zone: "badsite.community" redirect
local-data: "badsite.com A 0.0.0.0"
EOT
try 'two zones, then their data' <<'EOT'
local-zone: "a.example" redirect
local-zone: "B.example." redirect
local-data: "a.example A 0.0.0.0"
local-data: "b.example. 60 IN AAAA ::"
EOT
try 'data, then its zone' <<'EOT'
local-data: 'a.example A 0.0.0.0'
local-zone: 'a.example' inform_redirect
EOT
try 'redirect to no data, to data of no address, and to an address' <<'EOT'
local-zone: "none.example" redirect
local-zone: "text.example" redirect
local-data: 'text.example TXT "blocked"'
local-zone: "page.example" redirect
local-data: "page.example A 192.0.2.1"
EOT
try 'data in zones that let through' <<'EOT'
local-zone: "a.example" typetransparent
local-data: "a.example A 0.0.0.0"
local-zone: "b.example" transparent
local-data: "www.b.example A 0.0.0.0"
local-zone: "c.example" inform
local-data: "c.example A 0.0.0.0"
local-zone: "d.example" always_transparent
local-data: "d.example A 0.0.0.0"
EOT
try 'the same below a zone that blocks' <<'EOT'
local-zone: "evil.example" static
local-zone: "a.evil.example" transparent
local-data: "a.evil.example A 0.0.0.0"
local-zone: "b.evil.example" transparent
local-data: "www.b.evil.example A 0.0.0.0"
local-zone: "bad.b.evil.example" static
local-zone: "c.evil.example" nodefault
EOT
try 'a zone twice: the last' <<'EOT'
local-zone: "a.example" static
local-zone: "a.example" transparent
local-zone: "b.example" transparent
local-zone: "b.example" static
EOT
try 'what is below a zone that leads elsewhere' <<'EOT'
local-zone: "page.example" redirect
local-data: "page.example A 192.0.2.1"
local-zone: "ok.page.example" transparent
local-zone: "bad.page.example" static
EOT
