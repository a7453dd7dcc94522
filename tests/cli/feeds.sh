# SPDX-License-Identifier: BSD-3-Clause
# Feeds from files: each form with its meaning; junk is refused with its line, never a rule.
with() {
	cat data/good.yaml
	printf 'feeds:\n  - id: feed\n    title: A feed\n    file: feed.txt\n    form: %s\n' "$1"
	[ "$1" = rpz ] || printf '    action: nxdomain\n'
	printf '    basis: act\n'
	[ $# -lt 2 ] || printf '    %s\n' "$2"
}
try() {
	echo "## $1"
	shift
	with "$@" >feed.yaml
	"$RPZGEN" build feed.yaml -o out 2>&1
	echo "exit $?"
	[ ! -e out ] || grep -v '^[;$@]\|acme\|sister' out/demo.rpz
	rm -rf out
}
printf '# a comment\n! another\n\n'\
'One.example # why\ntwo.example.\r\n_dmarc.three.example\n' >feed.txt
try 'domains: subtrees' domains
try 'domains: exact' domains 'match: exact'
printf '127.0.0.1 localhost\n::1 ip6-localhost\n0.0.0.0 one.example two.example # why\n' >feed.txt
try 'hosts: exact' hosts
printf '$ORIGIN x.\n@ 60 SOA a. b. 1 1 1 1 1\n@ NS a.\n'\
'one.example CNAME .\n*.two.example CNAME rpz-passthru.\n24.0.2.0.192.rpz-ip CNAME .\n' >feed.txt
try rpz rpz
printf '# Title: a (list\n! no comment of zones\n$ORIGIN x.\n@ 60 SOA a. b. 1 1 1 1 1\n@ NS a.\n'\
'one.example CNAME .\n# off.example CNAME .\n  // "a note\n#gone.example CNAME .\n'\
'/x CNAME .\n# end' >feed.txt
try 'comments of lists in a zone' rpz
printf '<!DOCTYPE html>\n<html><head><title>503 Service Unavailable</title></head>\n'\
'<body>\n<div>Hosted on GitHub</div>\n</body></html>\n' >feed.txt
try 'an error page' domains
try 'an error page as hosts' hosts
try 'an error page as rpz' rpz
: >feed.txt
try empty domains
printf '# nothing\n' >feed.txt
try 'nothing but comments' domains
printf 'one.example\ntwo.exam' >feed.txt
try 'cut in the middle of a name' domains
printf '192.0.2.1\n*.three.example\nb\303\274cher.example\nfour..example\n'\
'http://five.example/\nsix.example seven.example\n||eight.example^\n%s.example\n' \
	"$(printf 'a%.0s' $(seq 64))" >feed.txt
try junk domains
printf '192.0.2.1 one.example\n0.0.0.0\n0.0.0.0 one..example\n' >feed.txt
try 'junk in hosts' hosts
seq 1 1000 | sed 's/$/ junk/' >feed.txt
try 'nothing but junk' domains | tail -4
printf 'com\nco.uk\ngithub.com\nwww.seznam.cz\nx.models.example\n' >feed.txt
try 'what nobody may block' domains
printf 'vendor.example\nmodels.example\n' >feed.txt
try 'shared and never' domains
printf 'docs.acme.example\nacme.example\n' >feed.txt
try 'what the inventory says itself' domains
printf '$ORIGIN x.\n@ 60 SOA a. b. 1 1 1 1 1\n@ NS a.\nacme.example CNAME rpz-passthru.\n' >feed.txt
try 'a feed against the inventory' rpz
printf 'one.example\n' >feed.txt
try 'not yet in force' domains 'from: 2026-02-01'
try 'pinned' domains "sha256: $(sha256sum feed.txt | cut -d' ' -f1)"
printf 'two.example\n' >feed.txt
try 'other octets than pinned' domains "sha256: $(echo one.example | sha256sum | cut -d' ' -f1)"
try 'a key that is none' domains 'minisign: RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GF'
try 'no signature beside it' domains \
	'minisign: RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3'
printf '\357\273\277# a list\r\none.example\r\n*.two.example\n.three.example # x\nfour.example;x\n'\
'five.example // x\nb\303\274cher.example\nlocalhost\n' >feed.txt
try 'what people write in lists of names' domains
printf '127.0.0.1 localhost\n127.0.1.1 box.lan box\n::1 ip6-localhost\nfe80::1%%lo0 localhost\n'\
'ff02::1 ip6-allnodes\n0.0.0.0 one.example two.example\n127.0.0.53 three.example\n'\
':: four.example\n'\
'0:0:0:0:0:0:0:0 five.example\n0 six.example\n192.0.2.1 seven.example\n' >feed.txt
try 'what people write in hosts files' hosts
printf '[Adblock Plus]\n! title\n||one.example^\n||two.example^$important\n'\
'||three.example^$third-party\n||four.example/path\nfive.example##.ad\n||*.six.example^\n'\
'@@||ok.one.example^\n@@||x.example^$domain=y\n' \
	>feed.txt
try 'ad-block rules' adblock
printf '# x\naddress=/one.example/two.example/#\naddress=/three.example/0.0.0.0\n'\
'server=/four.example/\n'\
'local=/five.example/\naddress=/six.example/192.0.2.1\nserver=/seven.example/192.0.2.53\n'\
'server=/ok.one.example/#\nbogus-nxdomain=192.0.2.1\n' >feed.txt
try dnsmasq dnsmasq
printf 'server:\n  local-zone: "one.example" always_nxdomain\nlocal-zone: two.example. redirect\n'\
'local-data: "two.example A 0.0.0.0"\nlocal-data: "three.example A 127.0.0.1"\n'\
'local-data: "four.example A 192.0.2.1"\nlocal-zone: "ok.one.example" transparent\n' >feed.txt
try unbound unbound
for form in adblock hosts dnsmasq unbound rpz domains; do
	case $form in
	adblock) printf '[Adblock]\n||one.example^\n' ;;
	hosts) printf '# x\n0.0.0.0 one.example\n' ;;
	dnsmasq) printf 'address=/one.example/#\n' ;;
	unbound) printf 'local-zone: "one.example" static\n' ;;
	rpz) printf '@ SOA a. b. 1 1 1 1 1\n@ NS a.\none.example CNAME .\n' ;;
	domains) printf '! x\none.example\n' ;;
	esac >feed.txt
	try "$form, told apart" auto
done
printf '# no SOA needed\n! nor a SOA here\n// SOA\none.example # SOA\nsoa.example\n' >feed.txt
try 'names, and comments that speak of zones' auto
printf '# no SOA needed\n0.0.0.0 soa\n0.0.0.0 one.example # SOA\n' >feed.txt
try 'hosts, and comments that speak of zones' auto
printf 'one.example A 127.0.0.1\n*.one.example 60 IN A 127.0.0.1\ntwo.example AAAA ::\n' >feed.txt
try 'records without a SOA, told apart' auto
printf '; x\n@ IN SOA a. b. (\n 1 1 1\n 1 1 )\n@ NS a.\n%s\n' \
	"$(seq -f 'n%g.example IN A 192.0.2.1' 30)" >feed.txt
try 'a zone of other records, told apart' auto | sed -n 1,2p
printf '0.0.0.0 *.one.example .two.example\n' >feed.txt
try 'wildcards in a hosts file' hosts
printf '||one.example^ # why\n||two.example^$all ! why\n||three.example^#\n' >feed.txt
try 'comments behind ad-block rules' adblock
printf '$ORIGIN x.\n@ 60 SOA a. b. 1 1 1 1 1\n@ NS a.\n*.one.example CNAME .\n'\
'ok.one.example CNAME rpz-passthru.\n*.two.example A 0.0.0.0\n' >feed.txt
try 'a zone exempts from itself' rpz
try 'an action for what says nowhere' rpz 'action: nodata'
printf '$ORIGIN x.\n@ 60 SOA a. b. 1 1 1 1 1\n@ NS a.\nevil.example CNAME .\n'\
'*.evil.example CNAME .\n'\
'a.evil.example CNAME Rpz-Passthru.\nb.evil.example CNAME b.evil.example.\n'\
'c.evil.example CNAME rpz\\045passthru.\n' >feed.txt
try 'however a zone writes what it exempts' rpz
printf 'local-zone: "evil.example" Static\nlocal-zone: "ok.evil.example" Always_Transparent\n' \
	>feed.txt
try 'in any case of the letters' unbound
printf 'one.example\ntwo.example\n' >feed.txt
try 'an allow list' domains 'allow: [two.example, ok.one.example]'
printf '# ours\ntwo.example # why\n' >allow.txt
try 'an allow list in a file' domains 'allow-file: allow.txt'
printf 'one.example two.example\r\n\t# none\n# x\000y\n\000\ntwo.example\000\n' >allow.txt
try 'an allow list of more than names' domains 'allow-file: allow.txt'
printf '@ SOA a. b. 1 1 1 1 1\n@ NS a.\none.example.feed. CNAME .\n' >feed.txt
try 'an origin' rpz 'origin: feed'
printf 'one.example\n%s' "$(seq -f 'bad line %g' 30)" >feed.txt
try 'junk that is allowed' domains 'max-refused: 99%'
override() {
	echo "## override $1"
	own="overrides:\\n      - {name: $2, action: $1, owner: me, reason: r}"
	sed "s/^  - id: public/    $own\\n&/" data/good.yaml >feed.yaml
	printf 'feeds:\n  - {id: feed, title: A feed, file: feed.txt, form: domains,\n'\
'     action: nxdomain, basis: act}\n' >>feed.yaml
	"$RPZGEN" build feed.yaml -o out 2>&1
	echo "exit $?"
	grep -v '^[;$@]\|acme\|sister' out/demo.rpz
	rm -rf out
}
printf 'one.example\ntwo.example\n' >feed.txt
override passthru one.example
override none one.example
override none ok.one.example
override observe one.example
echo '## a feed of names to observe, below what another blocks'
printf 'one.example\n' >block.txt
printf 'www.one.example\nwww.acme.example\nfree.example\n' >feed.txt
with domains 'match: exact' | sed 's/^    action: nxdomain$/    action: observe/' >feed.yaml
printf '  - {id: block, title: B, file: block.txt, form: domains, action: nodata, basis: act}\n' \
	>>feed.yaml
"$RPZGEN" build feed.yaml -o out 2>&1
echo "exit $?"
grep 'one\|free' out/demo.rpz
rm -rf out
echo '## no name but those of a feed'
sed '/^    services:/,/^profiles:/{/^profiles:/!d};/^          - affiliate/d;/^groups:/,$d' \
	data/good.yaml >feed.yaml
printf 'feeds:\n  - {id: feed, title: A feed, file: block.txt, form: domains,\n'\
'     action: nxdomain, basis: act}\n' >>feed.yaml
"$RPZGEN" build feed.yaml -o out 2>&1
echo "exit $?"
grep one out/demo.rpz
rm -rf out
rm feed.txt
try missing domains
with domains | sed 's/file: feed.txt/file: ..\/feed.txt/' >feed.yaml
"$RPZGEN" check feed.yaml
with domains | sed 's/file: feed.txt/url: https:\/\/feed.example\/list/' >feed.yaml
echo '## check uses no network'
"$RPZGEN" check feed.yaml
with domains | sed 's/file: feed.txt/url: http:\/\/feed.example\/list/' >feed.yaml
echo '## no plain http'
"$RPZGEN" check feed.yaml
