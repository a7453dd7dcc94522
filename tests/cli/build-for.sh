# SPDX-License-Identifier: BSD-3-Clause
# build --for says rule by rule what a resolver cannot express; what is written stays the same.
{
	cat data/good.yaml
	printf 'feeds:\n  - id: feed\n    title: A feed\n    file: feed.txt\n    form: domains\n'
	printf '    match: exact\n    action: drop\n    basis: act\n'
} >feed.yaml
echo dropped.example >feed.txt
"$RPZGEN" build -q feed.yaml -o plain >/dev/null 2>&1
try() {
	echo "## $*"
	"$RPZGEN" build feed.yaml -o out "$@" 2>&1
	echo "exit $?"
	for file in demo.rpz demo.policy; do
		[ ! -e out ] || cmp plain/$file out/$file
	done
	rm -rf out
}
try --for unbound
try --for bind,recursor
try --for knot5
try --for=knot6
try --for knot5,knot6
try --for knot6 --for knot5
try -q --for knot6
for word in '' dnsmasq bind, ,bind bind,dnsmasq BIND 'bind, knot5'; do
	try --for "$word"
done
