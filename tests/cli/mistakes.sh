# SPDX-License-Identifier: BSD-3-Clause
# What an analyst does wrong, and the line that helps.
try() {
	sed "$2" data/good.yaml >wrong.yaml
	echo "## $1"
	"$RPZGEN" check wrong.yaml 2>&1 | grep -v 'inv-placeholder\|^rpzgen: '
}
try 'a circle of relations' \
	'/^  - id: acme/,/confidence/s/relation: self/relation: affiliate\n    of: sister/'
try 'nobody is self' 's/relation: self/relation: parent/'
override='    overrides:\n      - {name: acme.example, action: nodata, owner: me, reason: r'
try 'two overrides' "s/^  - id: public/$override}\n      - {name: acme.example, action: drop, \
owner: me, reason: r}\n&/"
try 'an override past its end' "s/^  - id: public/$override, until: 2025-06-01}\n&/"
try 'an override about to end' "s/^  - id: public/$override, until: 2026-01-20}\n&/"
try 'a rule that an earlier one shadows' \
	's/^        action: nxdomain/&\n      - relation: [self]\n'\
'        confidence: [confirmed]\n        exclusive: yes\n        action: nodata/'
try 'a relation twice' 's/^          - affiliate/&\n          - affiliate/'
try 'never twice' 's/^profiles:/  - {name: models.example, match: exact, reason: again}\n&/'
try 'a public suffix that is never blocked' \
	's/^profiles:/  - {name: cz, match: exact, reason: r}\n&/'
try 'a day that there is not' 's/^        retrieved: 2025-01-02/&\n        date: "2024-99-99"/'
try 'looked at before it was made' \
	's/^        retrieved: 2025-01-02/&\n        date: 2025-02/'
try 'fulfilled before it is in force' 's/^    from: 2025-01-01/&\n    fulfil-by: 2024-01-01/'
try 'a letter that turns text round' "$(printf 's/name: Acme Ltd./name: A\342\200\256/')"
try 'a comment that is not what it seems' \
	"$(printf 's/^entities:/entities: # \342\201\246block\342\201\251 all \342\200\256/')"
try 'a title that is not seen' "$(printf 's/title: Web site/title: \343\205\244/')"
try 'a tag of its own' "$(printf 's/hearsay/hear\363\240\201\201say/')"
try 'an escape for what is not seen' 's/title: An act/title: "An\\u034f act"/'
try 'an escape in a list' 's/^          - self/          - "se\\U000E0001lf"/'
try 'a day to come' 's/retrieved: 2025-01-02/retrieved: 2999-01-02/'
try 'the apex is a suffix' 's/apex: demo.rpz/apex: com/'
try 'the apex is a listed name' 's/apex: demo.rpz/apex: acme.example/'
try 'the apex is a popular name' 's/apex: demo.rpz/apex: google.com/'
try 'the apex is below a popular name' 's/apex: demo.rpz/apex: rpz.google.com/'
try 'the apex is above a name that is never blocked' 's/apex: demo.rpz/apex: vendor.example/'
try 'a number with a leading zero' 's/^  ttl: 30/  ttl: 0030/'
try 'a TTL above that of negative answers' 's/^  ttl: 30/  ttl: 3600/'
try 'a TTL below that of negative answers' 's/^  ttl: 30/  ttl: 20/'
try 'a title of blanks' 's/title: A small policy/title: "  "/'
try 'a feed that is not fetched over https' '$afeeds:\n  - id: feed\n    title: t\n'\
'    basis: act\n    url: http://feed.example/\n    form: domains\n    action: nxdomain'
try 'an action of a feed that there is not' '$afeeds:\n  - id: feed\n    title: t\n'\
'    basis: act\n    url: https://feed.example/\n    form: domains\n    action: block'
try 'addresses of evidence that are none' 's/url: https:/url: htps:/'
try 'sources that nobody has looked at' '/^ *retrieved/d'
try 'an official source that is none' 's/official: yes/official: true/'
try 'an id that is referred to' 's/- id: acme$/- id: Acme/'
try 'a newer inventory' 's/^format: 1/format: 2/'
try 'a format that is none' 's/^format: 1/format: one/'
try 'a number with # in a text' 's/title: A small policy/title: Policy #1/'
try 'a comment behind a text' 's/title: A small policy/title: Policy # the first/'
try 'a key that is needed, misspelt' 's/^    of: acme/    off: acme/'
try 'a key in capitals' 's/^    covers:/    COVERS:/'
try 'a key of a source, misspelt' 's/^ *official:/        offical:/'
try 'evidence, misspelt' 's/^    evidence:/    evidnce:/'
try 'another, of a feed' '$afeeds:\n  - id: feed\n    titel: t\n    basis: act\n'\
'    ulr: https://feed.example/\n    form: domains\n    action: nxdomain'
try 'no space behind a dash' 's/^  - id: acme/  -id: acme/;s/^    name: Acme/     name: Acme/'
try 'a port' 's/name: acme.example/&:443/'
for contact in dns@example.org mail:dns@example.org mailto:foo https:// mailto:a@b@c.d \
	'mailto:a@b.cz?subject=x'; do
	try "contact $contact" "s|contact: .*|contact: $contact|"
done
for name in "$(printf 'ac\342\200\213me.example')" "$(printf 'ac\302\255me.example')" \
	"$(printf 'B\303\234CHER.example')" "$(printf 'bu\314\210cher.example')" \
	"$(printf 'd\320\265epseek.example')"; do
	try "name $name" "s/name: acme.example/name: $name/"
done
long=$(printf '%256s' '' | tr ' ' x)
try 'texts that an image has no room for' \
	"s|permalink: .*|permalink: https://act.example/$long|;s|^        title: .*|        title: $long|"
try 'an exception that a manifest has no room for' \
	"\$aexceptions:\n  - guard: guard-popular\n    name: acme.example\n    owner: $long\n"\
"    reason: $long\n    expires: 2026-06-30"
echo '## a contact that reaches nobody, however it is written'
for contact in mailto:dns@example.org mailto:a@EXAMPLE.com. https://www.example.net./dns \
	mailto:dns@hospital.cz.; do
	sed "s|mailto:dns@example.org|$contact|" data/good.yaml >wrong.yaml
	echo "$contact: $("$RPZGEN" check wrong.yaml 2>&1 | grep -c inv-placeholder)"
done
