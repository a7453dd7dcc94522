# SPDX-License-Identifier: BSD-3-Clause
# Feeds that are gzip, whatever they are called: the text in them, or an error; never half of it.
try() {
	echo "## $1"
	{
		cat data/good.yaml
		printf 'feeds:\n'
		printf '  - {id: feed, title: A feed, file: feed.txt, form: auto, basis: act}\n'
	} >feed.yaml
	"$RPZGEN" build feed.yaml -o out 2>&1
	echo "exit $?"
	[ ! -e out ] || grep -v '^[;$@]\|acme\|sister' out/demo.rpz
	rm -rf out
}
printf '\357\273\277# x\r\none.example\r\ntwo.example' | gzip -n >feed.txt
try 'a list'
printf '@ SOA a. b. 1 1 1 1 1\n@ NS a.\n' | gzip -n >feed.txt
printf 'one.example CNAME .\n' | gzip -n >>feed.txt
try 'a zone in two members'
printf 'one.example\n' | gzip -n | head -c 20 >feed.txt
try 'half of one'
printf 'one.example\n' | gzip -n | tr '\313' '\314' >feed.txt
try 'damaged'
printf 'one.example\n' | gzip -n | gzip -n >feed.txt
try 'packed twice'
{ yes | head -c 1048576 | gzip -n -1 >one; for _ in $(seq 257); do cat one; done; } >feed.txt
try 'a bomb'
