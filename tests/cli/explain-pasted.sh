# SPDX-License-Identifier: BSD-3-Clause
# explain takes what people paste for the name in it, says so, and never says "none" of a name that
# is blocked.
"$RPZGEN" build data/good.yaml -o out -q
echo '## every spelling of one name has one answer'
"$RPZGEN" explain --json --policy out/demo.policy www.acme.example WWW.Acme.Example. \
	' www.acme.example' \
	https://www.acme.example/a?b=c@d https://user:pass@www.acme.example:8443/ \
	//www.acme.example/ www.acme.example/a \
	www.acme.example:443 somebody@www.acme.example mailto:somebody@www.acme.example \
	'hxxps://www[.]acme[.]example'
echo '## whatever is around it, in it or behind it'
"$RPZGEN" explain --json --policy out/demo.policy \
	https://www.acme.example:/ https://www.acme.example:000443/ \
	https%3A%2F%2Fwww.acme.example%2F 'ｈｔｔｐｓ：／／ｗｗｗ．acme.example' \
	'hxxps[:]//www.acme.example/x' 'www\.acme\.example' 'www[.acme[.example' 'acme[.example]' \
	'||acme.example^$third-party' 'sip:user@acme.example;transport=tcp' \
	mailto:a@acme.example,b@other.example '"acme.example",1' www.acme.example: \
	www.acme.example:https 'www.acme.example…' '**www.acme.example**' 'www.acme.example]' \
	"$(printf '\342\200\252www.acme.example\342\200\254')" \
	"$(printf '\342\201\246www.acme.example\342\201\251')" \
	"$(printf 'www.acme.example\342\200\216')" | cut -d, -f1-3
echo '## where another name may be meant, "none" would be no answer'
"$RPZGEN" explain --policy out/demo.policy 'www.acme,example' 'acme.example&a' 'x:acme.example' \
	'a@other.example,b@acme.example' 'www.acme·example' 2>&1
echo "exit $?"
"$RPZGEN" explain --json --policy out/demo.policy other.example,acme.example 2>/dev/null
echo "exit $?"
"$RPZGEN" why --server 127.0.0.1 'acme.example&a' 2>&1
echo "exit $?"
echo '## in its own script, with capitals, in A-labels'
"$RPZGEN" explain --json --inventory data/good.yaml bücher-sister.example BÜCHER-Sister.example \
	xn--bcher-sister-dlb.example https://bücher-sister.example/
echo '## as text'
"$RPZGEN" explain --policy out/demo.policy https://www.acme.example/a bücher-sister.example
echo '## addresses are asked about as such'
printf '%s\n' '$ORIGIN rpz.example.' '@ SOA a. b. 1 2 3 4 5' '@ NS a.' \
	'24.0.2.0.192.rpz-ip CNAME .' \
	'a\058b.example CNAME .' '~c.example CNAME .' '\198\188.example CNAME .' \
	'192.0.3.1 CNAME .' >zone
"$RPZGEN" compile -q zone -o all.policy
"$RPZGEN" explain --json --policy all.policy 192.0.2.7 https://192.0.2.7:8443/ 198.51.100.1 \
	192.0.3.1 '[2001:db8::1]:53'
echo '## octets of a zone that are no name of IDNA are found as they stand'
"$RPZGEN" explain --json --policy all.policy 'Ƽ.example' '\198\188.example' \
	a:b.example '~c.example' '~d.example'
echo '## what is no name is told on standard error, and the run goes on'
"$RPZGEN" explain --policy out/demo.policy 'bad..name' acme.example 'a b' https:// \
	"$(printf 'b\033[31md')" 2>&1
echo "exit $?"
printf 'acme.example\nbad..name\n' | "$RPZGEN" explain --json --policy out/demo.policy - 2>&1
echo "exit $?"
"$RPZGEN" explain --policy out/demo.policy --client 300.1.1.1 2>&1
echo "exit $?"
echo '## an image that is past its end says so'
export SOURCE_DATE_EPOCH=1798761600
"$RPZGEN" explain --policy out/demo.policy acme.example 2>&1
echo "exit $?"
"$RPZGEN" explain --json --policy out/demo.policy acme.example 2>/dev/null
echo '## which rules are asked is said on the command line'
"$RPZGEN" explain acme.example 2>&1
echo "exit $?"
