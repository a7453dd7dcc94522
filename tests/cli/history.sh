# SPDX-License-Identifier: BSD-3-Clause
# The chain of manifests: what changed from one to the next, and what is missing, forked or forged.
day=1767225600
build() { # INVENTORY OUT DAYS [PREVIOUS]
	SOURCE_DATE_EPOCH=$((day + 86400 * $3)) "$RPZGEN" build -q "$1" -o "$2" \
		${4:+--previous "$4"}
}
said() { sed "s|$PWD|.|g"; }
history() { "$RPZGEN" history "$@" 2>&1 | said; }
sed 's/acme-cloud/acme-other/' data/good.yaml >next.yaml
cp data/good.yaml first.yaml
mkdir chain
build first.yaml chain/1 0
build first.yaml chain/2 1 chain/1/manifest.json
build next.yaml chain/3 2 chain/2/manifest.json
build next.yaml chain/4 3 chain/3/manifest.json
echo '## whole'
history --inventory next.yaml chain
"$RPZGEN" history -q chain; echo "exit $?"
echo '## the same set built again is the same manifest'
cp -r chain/4 again
build next.yaml again 3
cmp again/manifest.json chain/4/manifest.json
echo '## a part of it, by files'
history chain/4/manifest.json chain/3/manifest.json
echo '## a gap'
mv chain/2 away
history chain
"$RPZGEN" history -q chain 2>/dev/null; echo "exit $?"
mv away chain/2
echo '## a changed member'
cp -r chain forged
sed 's/"rules": [0-9]*/"rules": 3/' chain/2/manifest.json >forged/2/manifest.json
history forged
echo '## signatures tell which, and judge the last'
"$RPZGEN" keygen -q -o keys
for n in 1 2 3 4; do
	"$RPZGEN" sign -q --keys keys/private chain/$n/manifest.json -o signed.json
	cp signed.json.minisig chain/$n/manifest.json.minisig
	cp signed.json.minisig forged/$n/manifest.json.minisig
done
"$RPZGEN" history -q --anchor keys/public chain; echo "exit $?"
history --anchor keys/public forged
sed 's/"rules": [0-9]*/"rules": 3/' chain/4/manifest.json >forged/4/manifest.json
history -q --anchor keys/public forged/4/manifest.json
echo '## a git clone, in which each publication was committed'
mkdir repo
git init -q repo
commit() {
	git -C repo add -A
	git -C repo -c user.name=t -c user.email=t@t.example -c commit.gpgSign=false \
		commit -q --date "$SOURCE_DATE_EPOCH +0000" -m "$1"
}
for n in 1 2 3 4; do
	cp chain/$n/* repo/
	commit "$n"
done
git clone -q repo clone 2>/dev/null
history --anchor keys/public clone | sed 's/@[0-9a-f]*/@COMMIT/g'
cp chain/2/* repo/
sed 's/"rules": [0-9]*/"rules": 9/' chain/4/manifest.json >repo/manifest.json
commit forged
history --anchor keys/public repo | sed 's/@[0-9a-f]*/@COMMIT/g'
echo '## a fork'
build next.yaml chain/5 4 chain/2/manifest.json
history -q chain
rm -r chain/5
echo '## an image that is another'
cp chain/1/demo.policy chain/3/demo.policy
history -q chain
echo '## from before there was a chain'
mkdir old
for n in 1 3; do
	mkdir old/$n
	grep -v '"previous"' chain/$n/manifest.json >old/$n/manifest.json
done
history old
"$RPZGEN" history -q old 2>/dev/null; echo "exit $?"
echo '## nothing, and no manifest'
mkdir empty
history empty
history data/good.yaml
history nowhere
echo '## directories that are too deep'
mkdir -p deep/1/2/3/4/5
cp chain/1/manifest.json deep/1/2/3/4/manifest.json
cp chain/1/manifest.json deep/1/2/3/4/5/manifest.json
history deep
