# SPDX-License-Identifier: BSD-3-Clause
# compile of several zones: in order the first that decides does, merged they are one; lists of
# names for the guards; halves make what the whole makes.
zone() {
	printf '$ORIGIN %s.\n$TTL 60\n@ SOA a. b. %s 1 1 1 60\n@ NS a.\n' "$1" "$2"
	cat
}
try() {
	echo "## $*"
	rm -f p.policy
	"$RPZGEN" compile "$@" -o p.policy 2>&1
	echo "exit $?"
	[ ! -e p.policy ] || "$RPZGEN" dump p.policy | sed -n '/ CNAME /p; / A /p'
}
zone one.example 7 <<'EOT' >first
*.wide.example CNAME .
ok.wide.example CNAME rpz-passthru.
garden.example A 192.0.2.1
24.0.2.0.192.rpz-ip CNAME .
EOT
zone two.example 9 <<'EOT' >second
a.wide.example CNAME .
b.wide.example CNAME *.
*.ok.wide.example CNAME .
ok.wide.example CNAME .
garden.example A 192.0.2.1
garden.example A 192.0.2.2
32.1.2.0.192.rpz-ip CNAME rpz-passthru.
16.0.0.0.10.rpz-ip CNAME .
*.example CNAME *.
other.example CNAME .
EOT
try first second
try second first
try first second --merge
try -q first second --id both
try first first first
try - second <first
try first - -q <second
try - - <first
try first second --wildcards=rfc4592
try first second --merge --wildcards=rfc4592
printf '<html>\n%s\n' "$(seq -f '<p>%g</p>' 40)" >junk
try first junk
cp second p.policy
"$RPZGEN" compile first p.policy -o p.policy
echo "exit $?"
echo '## halves, the second with a head or without'
{
	echo '*.cover.example CNAME .'
	seq -f 'n%g.example CNAME .' 300
	seq -f '*.n%g.example CNAME .' 300
	echo 'x.cover.example CNAME .'
	seq -f 'g%g.example A 0.0.0.0' 20
} >records
zone half.example 5 <records >whole
head -n 301 records | zone half.example 5 >half1
tail -n +302 records >half2.bare
zone half.example 5 <half2.bare >half2
zone elsewhere.example 6 <half2.bare >half2.other
"$RPZGEN" compile -q whole -o whole.policy
for second in half2 half2.bare half2.other; do
	for how in '' --merge; do
		# shellcheck disable=SC2086 # a word or none
		"$RPZGEN" compile -q half1 "$second" $how -o halves.policy &&
			cmp whole.policy halves.policy &&
			echo "$second $how: the same octets"
	done
done
"$RPZGEN" compile -q whole whole -o twice.policy && cmp whole.policy twice.policy &&
	echo 'twice: the same'
echo '## each part goes on where the one before ends'
zone half.example 5 >part1 <<'EOT'
$ORIGIN sub.half.example.
a CNAME .
EOT
echo 'b A 192.0.2.1' >part2
echo 'c A 192.0.2.1' >part3
cat part1 part2 part3 >whole
"$RPZGEN" compile -q whole --id parts -o together.policy 2>/dev/null
"$RPZGEN" compile -q part1 part2 part3 --id parts -o apart.policy 2>/dev/null
cmp together.policy apart.policy && echo 'the same octets'
try part1 part2 part3
printf '@ SOA a. b. 5 1 1 1 60\n@ NS a.\n' >part1
printf 'a.one.rpz.example CNAME .\nb.two.rpz.example CNAME .\n' >part2
try part1 part2
echo '## files of the guards'
printf '# ours\nother.example # why\n*.wide.example\n' >never
printf 'ok.wide.example\nn.garden.example\ngarden.example\n' >resolve
printf 'b\303\274cher.example\nother.example\n' >popular
try second --never never
try second --never never --guards=refuse
try second --must-resolve resolve
try first second --must-resolve resolve --guards=refuse
try second --popular popular --guards=refuse
try second --popular popular --never never --must-resolve resolve --guards=warn -q
printf 'a..b\n' >bad
try second --never bad
try second --must-resolve none
