# SPDX-License-Identifier: BSD-3-Clause
# hradba-checkconf judges settings and all that they name in one run, and says what the module would
# answer.
checkconf=${HRADBA_CHECKCONF:-$(dirname "$RPZGEN")/../module/hradba-checkconf}
here=$(pwd)
try() {
	echo "\$ hradba-checkconf $*" | sed "s,$here,HERE,g"
	"$checkconf" "$@" >out.txt 2>err.txt
	status=$?
	sed "s,$here,HERE,g" out.txt err.txt
	echo "exit $status"
}
umask 022
chmod 755 .
"$RPZGEN" build -q data/good.yaml -o out
mkdir state
cat >good.yaml <<END
policies:
  - path: $here/out/demo.policy
state-dir: $here/state
local-allow: $here/allow.yaml
clients:
  - group: lab
    addresses: [192.0.2.0/24]
    mode: off
    owner: J. Doe
    reason: ticket 12
    until: 2026-01-31T18:00Z
  - group: pilot
    addresses: [198.51.100.0/24]
    mode: observe
    owner: R. Roe
    reason: a trial
    until: 2026-01-31
END
cat >allow.yaml <<END
- name: shop.acme.example
  owner: J. Doe
  reason: ticket 13
  until: 2026-06-30
END
echo '## every fault in one run'
cat >bad.yaml <<END
policies:
  - path: $here/none.policy
  - path: $here/out/demo.policy
    keys: [$here/none.pub]
  - path: $here/good.yaml
state-dir: $here/nowhere
mode: onn
clients:
  - {group: lab, addresses: [192.0.2.1/24], mode: off}
local-allow: $here/none.yaml
END
try bad.yaml --at 2026-01-02
echo '## beside a fault of the same key, and of what goes together'
cat >beside.yaml <<END
policies:
  - path: $here/out/demo.policy
  - path: $here/out/demo.policy
state-dir: $here/state
local-allow: [allow.yaml, $here/allow.yaml, $here/none.yaml]
events: {rate: 0, file: $here/nowhere/events.json}
metrics: {interval: 0, file: $here/nowhere/hradba.prom}
audit: {fil: $here/x, file: $here/state}
clients:
  - {group: a, addresses: [192.0.2.1], mode: enforce, policies: [demo, none, neither]}
  - {group: b, addresses: [192.0.2.2], mode: enforce, policies: [nor]}
END
try beside.yaml --at 2026-03-01
sed -e '/^local-allow/d; /^events/d; /^metrics/d; /^audit/d; 3d' beside.yaml >wrong.yaml
try wrong.yaml --at 2026-03-01
echo '## settings that are right'
try good.yaml --at 2026-01-02
try --json good.yaml --at 2026-01-02
echo '## an image that has expired'
try good.yaml --at 2026-03-01
echo '## who is answered how'
for client in 192.0.2.7 198.51.100.7 203.0.113.7; do
	try good.yaml --at 2026-01-02 --json --ask www.acme.example --client $client
done
try good.yaml --at 2026-01-31T17:59Z --json --ask www.acme.example --client 192.0.2.7
try good.yaml --at 2026-01-31T18:00Z --json --ask www.acme.example --client 192.0.2.7
try good.yaml --at 2026-01-02 --json --ask a.shop.acme.example
try good.yaml --at 2026-01-02 --json --ask other.example
try good.yaml --at 2026-01-02 --ask www.acme.example
sed 's/^state-dir/mode: off\n&/' good.yaml >off.yaml
try off.yaml --at 2026-01-02 --json --ask www.acme.example --client 203.0.113.7
echo '## what the server answers before the policy'
cat >unbound.conf <<END
server:
	module-config: "validator dynlib iterator"
	local-zone: "acme.example." static # a comment
	local-data: "api.acme-cloud.example. A 192.0.2.9"
	local-zone: other.example transparent
view:
	name: "v"
	local-zone: "x.xn--bcher-sister-dlb.example" always_nxdomain
auth-zone:
	name: "example"
	for-downstream: no
END
try good.yaml --at 2026-01-02 --unbound-conf unbound.conf
echo '## very many of them'
{
	echo server:
	for i in $(seq 25); do echo "	local-data: \"n$i.acme.example. A 192.0.2.9\""; done
} >many.conf
try good.yaml --at 2026-01-02 --unbound-conf many.conf | sed '/n[0-9]*.acme.example by/d'
echo '## usage'
try nowhere.yaml
try --zz
try good.yaml --client 192.0.2.1
try good.yaml --at noon
try good.yaml --at 2026-02-30
try good.yaml --at 2026-02-28T24:00Z
try good.yaml --chrot /
try good.yaml --ask https://www.acme.example/
try good.yaml --ask 192.0.2.1
try good.yaml --ask www.acme.example --client host
try '' --json
try unbound.conf
try good.yaml --unbound-conf good.yaml
try good.yaml --at 2026-03-01 --ask www.acme.example
try good.yaml --user no-such-user
try good.yaml --at 2026-01-02 --ask bad..name
echo '## one object for whatever fails'
for words in --zz 'good.yaml bad.yaml' '--at noon' '--user no-such-user' '--client 192.0.2.1' \
	'--unbound-conf nowhere.conf' '--unbound-conf .' '--unbound-conf good.yaml' \
	'--unbound-conf='; do
	# shellcheck disable=SC2086 # several words
	try --json $words | grep -E '^\$|"(command|status|id|text)"|^exit'
done
echo '## an answer hides no fault'
sed "s,^state-dir,events: {file: $here/nowhere/e.json}\n&," good.yaml >noevents.yaml
try noevents.yaml --at 2026-01-02 --ask www.acme.example
try noevents.yaml --at 2026-01-02 --ask www.acme.example --json
try good.yaml --at 2026-03-01 --ask www.acme.example --json
try nowhere.yaml --ask www.acme.example --json
echo '## a client however it is written'
for client in ::ffff:192.0.2.7 ::FFFF:c000:207 192.0.2.0/24 192.0.2.7/32 2001:db8::1; do
	try good.yaml --at 2026-01-02 --ask www.acme.example --client $client
done
echo '## what is lost is told'
"$checkconf" --help 2>&1 >/dev/full
echo "exit $?"
"$checkconf" --json good.yaml --at 2026-01-02 2>&1 >/dev/full
echo "exit $?"
echo '## help and version'
try --help
"$checkconf" --version | sed 's/ [0-9.]*$//'
echo '## what others can write to, beside another fault'
chmod 666 out/demo.policy
sed 's/mode: off/mode: of/' good.yaml >open.yaml
try open.yaml --at 2026-01-02
sed "s,^state-dir: .*,state-dir: $here/out," open.yaml >inside.yaml
chmod 644 out/demo.policy
try inside.yaml --at 2026-01-02
