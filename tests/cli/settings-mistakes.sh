# SPDX-License-Identifier: BSD-3-Clause
# What an operator does wrong in settings and allow list: each mistake is one line at its place,
# with what would be right.
checkconf=${HRADBA_CHECKCONF:-$(dirname "$RPZGEN")/../module/hradba-checkconf}
here=$(pwd)
umask 022
chmod 755 .
"$RPZGEN" build -q data/good.yaml -o out
mkdir state
# Good settings with another line at the end.
try() {
	echo "## $1"
	{
		printf 'policies:\n  - path: %s/out/demo.policy\n' "$here"
		echo "state-dir: $here/state"
		# shellcheck disable=SC2059 # a line of settings
		printf -- "$2\n"
	} >h.yaml
	"$checkconf" h.yaml --at 2026-01-02 2>&1 | grep -v '^hradba-checkconf: [0-9]' |
		sed "s,$here,HERE,g"
}
allow() {
	# shellcheck disable=SC2059 # lines of an allow list
	printf -- "$2\n" >allow.yaml
	try "$1" "local-allow: $here/allow.yaml"
}
try 'a word that there is not' 'mode: observ'
try 'a number out of range' 'heartbeat: 0'
try 'a number in quotes' 'heartbeat: "60"'
try true "events:\n  file: $here/state/e\n  chain: true"
try 'a comment in place of a value' 'mode: # off'
try 'an alias' 'mode: *off'
try 'an alias in place of a path' 'metrics: {file: *page}'
try 'a key twice' 'mode: off\nmode: observe'
try 'no space behind a dash' '-mode: off'
allow 'an empty allow list' ''
rm allow.yaml
try 'an allow list that is not there' "local-allow: $here/allow.yaml"
allow 'a fault in an allow list' '- name: https://shop.example/'
allow 'an entry without a name' '- owner: J. Doe'
allow 'an allow list that is no YAML' '- name: a: b'
group() {
	try "$1" "clients:\n  - group: lab\n    $2"
}
group 'host bits' 'addresses: [192.0.2.1/24]\n    mode: off'
group 'a length that is none' 'addresses: [192.0.2.0/33]\n    mode: off'
group 'a name of a client' 'addresses: [host.example]\n    mode: off'
group 'one address that is no list' 'addresses: 192.0.2.0/24\n    mode: off'
group 'no mode' 'addresses: [192.0.2.0/24]'
group 'a number with # in a reason' "addresses: [192.0.2.0/24]\\n    mode: off\\n    owner: me
    until: 2026-06-30\\n    reason: ticket #12"
try 'a directory in place of a file' "events:\n  file: $here/state"
try 'a key that there is not' 'mod: off'
try 'a key of a group' 'clients:\n  - group: lab\n    address: [192.0.2.0/24]\n    mode: off'
try 'a day that there is not' 'mode: off\nmode-until: 2026-02-30'
try 'a time that there is not' 'mode: off\nmode-until: 2026-02-28T25:00Z'
try 'a date of another form' 'mode: off\nmode-until: 28.2.2026'
allow 'a day that there is not' '- name: shop.example\n  until: 2026-13-01'
allow 'a key of an allow list' '- name: shop.example\n  untill: 2026-12-31'
try 'directories that are not there' "metrics:\n  file: /nowhere/m\nevents:\n  file: /nowhere/e
audit:\n  file: /nowhere/a\n"
echo '## a file in place of a directory'
printf 'policies:\n  - path: %s/out/demo.policy\nstate-dir: %s/h.yaml\n' "$here" "$here" >i.yaml
"$checkconf" i.yaml --at 2026-01-02 2>&1 | sed "s,$here,HERE,g"
echo '## files of another kind'
other() {
	"$checkconf" "$1" --at 2026-01-02 >other.txt 2>&1
	echo "exit $?"
	sed "s,$here,HERE,g" other.txt
}
other data/good.yaml
other out/demo.rpz
other out/demo.policy
other out/manifest.json
other allow.yaml
for file in out/demo.rpz out/manifest.json h.yaml; do
	printf 'policies:\n  - path: %s/%s\nstate-dir: %s/nowhere\n' "$here" "$file" "$here" >i.yaml
	other i.yaml
done
for file in h.yaml out/demo.rpz out/demo.policy; do
	try "an allow list that is $file" "local-allow: $here/$file"
done
octets() {
	printf "%$1s" '' | tr ' ' x
}
long="$(octets 300)"
try 'an organisation that an answer has no room for' "answer: {organisation: $(octets 129)}"
try 'who blocks and whom to ask together' \
	"answer: {organisation: $(octets 100), contact: mailto:$(octets 60)@office.example}"
try 'a contact that is too long' "answer: {contact: [mailto:a@office.example, $long]}"
try 'more contacts than are told' "answer:\n  contact:\n    - a@x.example\n    - b@x.example
    - c@x.example\n    - d@x.example\n    - e@x.example\n    - f@x.example"
try 'a justification' "answer:\n  justification:\n    en: $(octets 513)\n    cs: $(octets 512)"
try 'who answers for a mode, and why' \
	"mode: observe\nmode-until: 2026-06-30\nmode-owner: $long\nmode-reason: $long"
group 'who answers for a group' "addresses: [192.0.2.0/24]\n    mode: off\n    owner: $long
    until: 2026-06-30\n    reason: $(octets 255)"
allow 'who answers for a name' \
	"- name: shop.example\n  owner: me\n  reason: $long\n  until: 2026-06-30"
