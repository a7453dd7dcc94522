# SPDX-License-Identifier: BSD-3-Clause
# What nobody may publish by mistake, one line a case: who refuses it, and that nothing was written.
ids() { grep -o '\[[a-z-]*\]$' | sort -u | tr -d '[]' | paste -s -d ' ' -; }
told() {
	title=$1
	shift
	said=$("$@" 2>&1)
	status=$?
	said=$(printf '%s\n' "$said" | ids)
	printf '%s: exit %s%s%s\n' "$title" "$status" "${said:+ $said}" \
		"$([ ! -e out/demo.rpz ] || echo ', WRITTEN')"
	rm -rf out
}
feed() {
	{
		cat data/good.yaml
		printf 'feeds:\n  - id: feed\n    title: A feed\n    file: feed.txt\n'\
'    form: %s\n    basis: act\n' \
			"$1"
		[ "$1" = rpz ] || printf '    action: nxdomain\n'
	} >feed.yaml
	cat >feed.txt
	told "$2" "$RPZGEN" build feed.yaml -o out
}
zone() { printf '$ORIGIN rpz.example.\n@ 60 SOA a. b. 1 1 1 1 1\n@ NS a.\n%s\n' "$1"; }
listed() {
	sed "s/name: acme.example/name: $1/;s/name: www.acme.example/name: www.$1/" \
		data/good.yaml >listed.yaml
	told "$1" "$RPZGEN" build listed.yaml -o out
}
echo '## in the inventory'
for name in com . "'*.google.com'" www.github.com co.uk other.kawasaki.jp github.io \
	blogspot.com x.rpz-ip models.example x.models.example \
	cdn.vendor.example; do
	listed "$name"
done
sed 's/name: models.example/name: deep.models.acme.example/' data/good.yaml >parent.yaml
told 'a listed parent of a never name' "$RPZGEN" build parent.yaml -o out
echo '## exceptions: what a suffix covers is needed too, growth is not asked without a manifest'
excepted() {
	sed "s/name: acme.example/name: ht/;s/name: www.acme.example/name: www.ht/$1" \
		data/good.yaml
	printf 'exceptions:\n'
	for exception in 'guard-public-suffix, name: ht' 'guard-popular, name: sr.ht' \
		guard-growth ${2:+"$2"}; do
		printf '  - {guard: %s, owner: me, reason: x, expires: 2026-12-31}\n' "$exception"
	done
}
excepted '' >excepted.yaml
told 'build' "$RPZGEN" build excepted.yaml -o out
told 'check' "$RPZGEN" check excepted.yaml --profile regulated
excepted ';s/name: api.acme-cloud.example/name: google.com/' >excepted.yaml
told 'beside a fault' "$RPZGEN" build excepted.yaml -o out
excepted '' 'guard-popular, name: github.com' >excepted.yaml
told 'and one that is for nothing' "$RPZGEN" build excepted.yaml -o out
echo '## with more names that nobody may block'
echo 'acme-cloud.example # ours' >popular.txt
told 'a name below' "$RPZGEN" build data/good.yaml -o out --popular popular.txt
echo 'xn--bcher-sister-dlb.example' >popular.txt
told 'the name itself' "$RPZGEN" build data/good.yaml -o out --popular popular.txt
printf '1,other.example\r\n2,xn--bcher-sister-dlb.example,9\r\n' >popular.txt
told 'ranked names' "$RPZGEN" build data/good.yaml -o out --popular popular.txt
printf '# none yet\n\n' >popular.txt
told 'a list of comments' "$RPZGEN" build data/good.yaml -o out --popular popular.txt
echo '.acme-cloud.example ; all below' >never.txt
zone 'api.acme-cloud.example CNAME .' >zone.rpz
told 'never below' "$RPZGEN" compile zone.rpz -o z.policy --guards=refuse --never never.txt
echo '*.bank.in.example' >never.txt
ok=rpz-passthru.
while read -r rules; do
	zone "$(printf '%b' "$rules")" >zone.rpz
	for list in never must-resolve; do
		told "$list *.bank.in.example: $rules" "$RPZGEN" compile zone.rpz -o z.policy \
			--guards=refuse "--$list" never.txt
	done
done <<EOT
www.bank.in.example CNAME .
*.bank.in.example CNAME .
*.bank.in.example CNAME $ok
bank.in.example CNAME $ok\\n*.bank.in.example CNAME .
bank.in.example CNAME $ok\\n*.in.example CNAME .
*.bank.in.example CNAME $ok\\n*.in.example CNAME .
bank.in.example CNAME $ok\\n*.bank.in.example CNAME $ok\\n*.in.example CNAME .
EOT
zone "$(printf '*.google.com CNAME .\nwww.google.com CNAME rpz-passthru.')" >zone.rpz
told 'all below a popular name but its www' "$RPZGEN" compile zone.rpz -o z.policy --guards=refuse
echo mail.big.example >popular.txt
for rest in '' '*.mail.big.example CNAME rpz-passthru.'; do
	zone "$(printf '%s\n' '*.big.example CNAME .' 'mail.big.example CNAME rpz-passthru.' \
		'www.mail.big.example CNAME rpz-passthru.' "$rest")" >zone.rpz
	told "and by a rule far above${rest:+ but $rest}" "$RPZGEN" compile zone.rpz -o z.policy \
		--guards=refuse --popular popular.txt
done
printf 'a.example\n\000\nbank.example\n' >names
zone 'bank.example CNAME .' >zone.rpz
for list in never popular must-resolve; do
	told "an octet 0 in a list: $list" "$RPZGEN" compile zone.rpz -o z.policy --guards=refuse \
		"--$list" names
done
"$RPZGEN" compile zone.rpz -o z.policy --never names 2>&1
printf '%s\n' https://google.com/ '0.0.0.0 google.com' 192.0.2.1 'rank,name' '"1","google.com"' \
	'||google.com^' >popular.txt
"$RPZGEN" build data/good.yaml -o out --popular popular.txt 2>&1
printf 'good.example\nbad..example\n' >popular.txt
told 'a bad list' "$RPZGEN" build data/good.yaml -o out --popular popular.txt
told 'no list' "$RPZGEN" build data/good.yaml -o out --popular missing.txt
echo '## in a feed of names'
for name in com . '*.google.com' github.com www.github.com co.uk other.kawasaki.jp github.io \
	x.rpz-ip models.example x.models.example \
	vendor.example; do
	echo "$name" | feed domains "$name"
done
printf '<!DOCTYPE html>\n<html><body>503</body></html>\n' | feed domains 'an error page'
printf 'div>Hosted On GitHub\n' | feed domains 'a line of an error page'
: | feed domains 'an empty feed'
printf '# updated\n' | feed domains 'a feed of comments'
printf 'one.example\ntwo.exa' | feed domains 'half a feed'
printf '192.0.2.1\n' | feed domains 'an address'
echo '## in a feed that is a zone'
for owner in '*' com '*.com' '*.google.com' github.com 'com.' ; do
	zone "$owner CNAME ." | feed rpz "$owner"
done
zone 'ok.example CNAME rpz-passthru' | feed rpz 'a target without its final dot'
zone 'ok.example CNAME .' | head -c 60 | feed rpz 'half a zone'
printf '%s CNAME .\n' www.one.co.uk www.two.co.uk three.com |
	feed rpz 'most names below one public suffix'
printf '%s CNAME .\n' deepseek.com.rpz.example. other.com.rpz.example. |
	feed rpz 'most names below an origin that nobody gave'
echo '## in a feed that brings more than names'
brings() {
	zone "$2" >feed.txt
	{
		cat data/good.yaml
		printf 'exceptions:\n'
		[ $# -lt 3 ] || printf '  - {guard: %s, name: %s, owner: me, reason: x, %s}\n' \
			"$3" "$4" 'expires: 2026-12-31'
		printf 'feeds:\n  - id: feed\n    title: A feed\n    file: feed.txt\n'
		printf '    form: rpz\n    basis: act\n'
		[ "$1" = names ] || printf '    brings: [%s]\n' "$1"
	} | { [ $# -ge 3 ] && cat || grep -v '^exceptions:'; } >feed.yaml
	told "$1: $2${3:+, excepted}" "$RPZGEN" build feed.yaml -o out
}
for line in '24.0.2.0.192.rpz-ip CNAME .' '0.0.0.0.0.rpz-ip CNAME .' \
	'15.0.0.2.10.rpz-ip CNAME .' '16.0.0.1.10.rpz-ip CNAME .' '31.zz.db8.2001.rpz-ip CNAME .' \
	'32.zz.db8.2001.rpz-ip CNAME .' '0.zz.rpz-ip CNAME rpz-drop.'; do
	brings names "$line"
	brings addresses "$line"
done
for line in '*.rpz-nsdname CNAME .' '*.com.rpz-nsdname CNAME .' 'co.uk.rpz-nsdname CNAME .' \
	'ns.evil.example.rpz-nsdname CNAME .' '0.0.0.0.0.rpz-nsip CNAME .' \
	'32.1.2.0.192.rpz-nsip CNAME .' '16.0.0.2.10.rpz-nsip CNAME .' \
	'15.0.0.2.10.rpz-nsip CNAME .' '*.github.io.rpz-nsdname CNAME .' \
	'ns.evil.github.io.rpz-nsdname CNAME .' 'ns1.google.com.rpz-nsdname CNAME .' \
	'*.google.com.rpz-nsdname CNAME .' 'google.com.rpz-nsdname CNAME rpz-drop.' \
	'ns.models.example.rpz-nsdname CNAME .' 'models.example.rpz-nsdname CNAME .' \
	'*.vendor.example.rpz-nsdname CNAME .' 'vendor.example.rpz-nsdname CNAME .' \
	'ns1.google.com.rpz-nsdname CNAME rpz-passthru.'; do
	brings nameservers "$line"
done
brings nameservers 'ns1.google.com.rpz-nsdname CNAME .' guard-popular google.com
brings nameservers 'ns.models.example.rpz-nsdname CNAME .' guard-never models.example
echo '## IPv6 that holds IPv4: as wide as what it holds'
for owner in 96.zz.ff9b.64 111.0.c000.zz.ff9b.64 112.0.c000.zz.ff9b.64 95.zz.ff9b.64 \
	32.zz.ff9b.64 48.zz.1.ff9b.64 96.zz.1.ff9b.64 112.zz.1.ff9b.64 96.zz 111.zz 112.zz \
	128.1.zz 32.zz 80.zz 112.0.c000.zz.ffff.0.0.0.0 96.zz.ffff.0.0.0.0 \
	16.zz.2002 31.zz.c000.2002 32.zz.c000.2002 32.zz.2001 64.zz.2001 112.zz.2001 \
	48.zz.db8.2001; do
	zone "$owner.rpz-ip CNAME ." >zone.rpz
	told "$owner" "$RPZGEN" compile zone.rpz -o zone.policy --guards=refuse
done
brings clients '32.1.2.0.192.rpz-client-ip CNAME .'
brings clients '32.1.2.0.192.rpz-client-ip CNAME .' guard-client 32.1.2.0.192.rpz-client-ip
brings addresses '8.0.0.0.10.rpz-ip CNAME .' guard-address 8.0.0.0.10.rpz-ip
brings redirects 'bank.example A 203.0.113.6'
brings redirects 'bank.example CNAME garden.example.'
brings redirects 'bank.example A 203.0.113.6' guard-redirect bank.example
for data in 'A 0.0.0.0' 'A 127.0.0.1' 'AAAA ::' 'AAAA ::1' 'CNAME localhost.'; do
	brings names "evil.example $data"
done
brings names 'bank.example TXT "hello"'
echo '## data that leads elsewhere, of any type: no zone of others and no feed may have it'
while read -r data; do
	zone "bank.example $data" >zone.rpz
	told "zone: $data" "$RPZGEN" compile zone.rpz -o zone.policy --guards=refuse
	brings redirects "bank.example $data"
done <<'EOT'
HTTPS 1 evil.example. alpn=h2
HTTPS 1 . ipv4hint=203.0.113.6
SVCB 0 evil.example.
SVCB 1 bank.example. ipv6hint=2001:db8::6
MX 10 evil.example.
SRV 0 0 443 evil.example.
NAPTR 1 1 "u" "sip+e2u" "!.*!sip:a@evil.example!" .
NAPTR 1 1 "s" "" "" evil.example.
PTR evil.example.
AFSDB 1 evil.example.
RT 1 evil.example.
KX 1 evil.example.
PX 1 evil.example. .
RP evil.example. .
LP 1 evil.example.
URI 1 1 "https://evil.example/"
IPSECKEY 1 1 2 203.0.113.6 AQNR
TYPE260 \# 6 000004cb0071
TYPE65 \# 16 0001 04 6576696c 07 6578616d706c65 00
EOT
echo '## data that leads nowhere, or to the name itself'
while read -r data; do
	zone "bank.example $data" >zone.rpz
	told "zone: $data" "$RPZGEN" compile zone.rpz -o zone.policy --guards=refuse
	brings redirects "bank.example $data"
done <<'EOT'
TXT "go to https://evil.example/"
SPF "v=spf1 include:evil.example"
CAA 0 issue "evil.example"
HTTPS 1 . alpn=h2 ipv4hint=127.0.0.1 ipv6hint=::1
SVCB 1 BANK.example. port=443
MX 0 .
MX 10 bank.example.
SRV 0 0 0 .
NAPTR 1 1 "s" "" "" .
PTR localhost.
TYPE65280 \# 1 00
EOT
echo '## in a zone of others: warnings'
for owner in 0.0.0.0.0.rpz-ip 0.zz.rpz-ip 0.0.0.0.0.rpz-client-ip '*.rpz-nsdname' \
	'*.com.rpz-nsdname' 0.0.0.0.0.rpz-nsip; do
	zone "$owner CNAME ." >zone.rpz
	told "$owner" "$RPZGEN" compile zone.rpz -o zone.policy
	told "$owner, refused" "$RPZGEN" compile zone.rpz -o zone.policy --guards=refuse
done
for owner in '*' com '*.google.com' github.com ns.github.com.rpz-nsdname \
	'*.github.io.rpz-nsdname'; do
	zone "$owner CNAME ." >zone.rpz
	told "$owner" "$RPZGEN" compile zone.rpz -o zone.policy
done
zone 'ns.one.example.rpz-nsdname CNAME .' >zone.rpz
echo one.example >names
told 'a server of a never name' "$RPZGEN" compile zone.rpz -o z.policy --never names
told 'of one that must resolve' "$RPZGEN" compile zone.rpz -o z.policy --must-resolve names
echo '## against the last manifest'
seq -f 'n%g.example' 95 | feed domains '95 names' >/dev/null
change() {
	"$RPZGEN" build -q feed.yaml -o out
	seq -f 'n%g.example' "$1" >feed.txt
	"$RPZGEN" build feed.yaml -o out >said 2>&1
	printf '95 names, then %s: exit %s %s\n' "$1" $? "$(ids <said)"
	rm -rf out
	seq -f 'n%g.example' 95 >feed.txt
}
for count in 119 120 86 85 0; do change $count; done
echo '## every name of the shipped never list, listed or blocked from above'
never=$(sed -n '/^never:/,/^[p-z]/s/^  - name: //p' zones/deepseek.yaml)
refused=0
for name in $never; do
	# Nobody lists a public suffix either.
	sed "s/^\( *- name: \)deepseeksvc.com\$/\1$name/" zones/deepseek.yaml >never.yaml
	if "$RPZGEN" build never.yaml -o out 2>&1 |
		grep -q '\[guard-\(never\|public-suffix\)\]' && [ ! -e out ]; then
		refused=$((refused + 1))
	else
		echo "NOT REFUSED: $name"
		rm -rf out
	fi
done
[ "$(printf '%s\n' "$never" | wc -l)" = "$refused" ] && [ "$refused" -gt 40 ] && echo 'all refused'
