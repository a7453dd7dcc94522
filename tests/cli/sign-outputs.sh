# SPDX-License-Identifier: BSD-3-Clause
# A manifest's signature goes to OUT.minisig, and for that holds what holds for -o.
"$RPZGEN" build -q data/good.yaml -o set
"$RPZGEN" keygen -q -o keys >/dev/null
key=$(cksum <keys/private/policy.key)
manifest=$(cksum <set/manifest.json)
# sign FILE OUT: what it says; nothing is lost by it
sign() {
	echo "## sign $1 -o $2"
	"$RPZGEN" sign --keys keys/private "$1" -o "$2" 2>&1
	echo "exit $?"
	[ "$(cksum <keys/private/policy.key)" = "$key" ] || echo 'THE KEY IS LOST'
	[ "$(cksum <set/manifest.json)" = "$manifest" ] || echo 'THE INPUT IS LOST'
}
ln -s keys/private/policy.key to-key.minisig
sign set/manifest.json to-key
sign set/manifest.json keys/private/manifest.json
cp set/manifest.json m.minisig
sign m.minisig m
cmp set/manifest.json m.minisig
ln -s set/manifest.json to-input.minisig
sign set/manifest.json to-input
sign set/manifest.json -
sign set/manifest.json /dev/null
ln -s /dev/null to-device.minisig
sign set/manifest.json to-device
mkdir directory.minisig
sign set/manifest.json directory
sign set/manifest.json directory.minisig
ls -d -- *.minisig ./-.minisig /dev/null.minisig 2>/dev/null
echo '## where it is right'
mkdir signed
ln -s elsewhere signed/manifest.json.minisig
sign set/manifest.json signed/manifest.json
ls signed
echo '## an image goes anywhere, and standard input has no name for the parts of one'
sign set/demo.policy /dev/null
"$RPZGEN" sign --keys keys/private - -o signed/demo.policy <set/demo.policy
"$RPZGEN" verify --anchor keys/public --split - <signed/demo.policy 2>&1
echo "exit $?"
