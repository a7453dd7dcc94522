# SPDX-License-Identifier: BSD-3-Clause
# A feed from build to build: what the manifest remembers, sizes that collapse or explode, age, the
# digest that a zone has of itself, and who is named for a rule.
{
	cat data/good.yaml
	printf 'feeds:\n  - {id: feed, title: A feed, file: feed.txt, form: auto, basis: act}\n'
	printf 'exceptions:\n'
	for guard in growth shrink; do
		printf '  - {guard: guard-%s, owner: me, reason: r, expires: 2026-12-31}\n' "$guard"
	done
} | awk '/^exceptions:/ && seen++ {next} {print}' >feed.yaml
list() {
	seq -f "${2-n}%g.example" "$1" >feed.txt
	touch -d "${3-2025-12-30}" feed.txt
}
try() {
	echo "## $*"
	shift
	"$RPZGEN" build feed.yaml -o out "$@" 2>&1 | grep -v 'exception-\|demo:'
	sed -n '/"feeds"/,/^  }/{/digest\|blake2b\|size/d;p;}' out/manifest.json | tr -d ' \n'
	echo
}
list 1000
try 'a thousand'
list 1000 m
try 'others'
list 500 m
try 'half of them'
list 480 m
try 'less than half'
try 'taken all the same' --accept-feed feed
list 470 k
try 'from there on'
list 1930 k
try 'four times as many'
list 1900 x
try 'a few less'
list 30 y
try 'a collapse, and another feed accepted' --accept-feed other
list 1900 x 2025-12-01
try 'old' --feed-max-age 30
try 'not that old' --feed-max-age 31
sed 's/form: auto/&, max-age: 30/' feed.yaml >aged.yaml
"$RPZGEN" build aged.yaml -o out 2>&1 | grep -c feed-age
"$RPZGEN" build aged.yaml -o out --feed-max-age 300 2>&1 | grep -c feed-age
echo '## who is named'
"$RPZGEN" explain --policy out/demo.policy x7.example
"$RPZGEN" explain --json --policy out/demo.policy www.x7.example
"$RPZGEN" explain --inventory feed.yaml --date 2026-01-01 x7.example
sed 's/basis: act}/basis: act, entity: acme}/' feed.yaml >owned.yaml
"$RPZGEN" explain --json --inventory owned.yaml --date 2026-01-01 x7.example
echo '## the digest of a zone'
cat >plain <<'EOT'
$ORIGIN z.example.
@ 60 SOA a. b. 7 1 1 1 1
@ 60 NS a.
one.example 60 CNAME .
EOT
zonemd() {
	cp plain feed.txt
	echo "@ 60 ZONEMD $*" >>feed.txt
	echo "# $*" | cut -c 1-30
	rm -rf out
	"$RPZGEN" build feed.yaml -o out 2>&1 | grep -v 'exception-\|demo:'
	[ ! -e out ] || grep -c ZONEMD out/demo.rpz
}
right=e94b4ea79306d086a9edcebce4445d97e29ac5111335a178
right=${right}3cbd3199d47045b6e139e358902f72d6326f4294094e2e67
zonemd 7 1 1 $right
zonemd 7 1 1 "$(echo $right | tr 01 10)"
zonemd 8 1 1 $right
zonemd 7 1 240 0011223344556677889900aa
sed -i 's/one/two/' plain
zonemd 7 1 1 $right
