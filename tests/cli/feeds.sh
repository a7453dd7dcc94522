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
