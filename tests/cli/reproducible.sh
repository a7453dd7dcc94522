# SPDX-License-Identifier: BSD-3-Clause
# The same inputs give the same octets in another directory, locale, time zone, home, with another
# umask, another time of day, and for another user.
"$RPZGEN" build zones/deepseek.yaml -o a -q
mkdir elsewhere
cp zones/deepseek.yaml elsewhere/inventory.yaml
again() {
	(cd elsewhere && umask 077 && env "$@" "$RPZGEN" build inventory.yaml -o ../b -q) &&
		diff -r a b && echo same
	rm -rf b
}
again LC_ALL=C TZ=Pacific/Auckland HOME=/nonexistent
again LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8 TZ=America/St_Johns
again -i PATH="$PATH" SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH"
echo '## another user'
other=$(mktemp -d)
cp "$RPZGEN" "$other/rpzgen"
cp zones/deepseek.yaml "$other"
chmod 755 "$other" "$other/rpzgen"
chmod 644 "$other/deepseek.yaml"
mkdir "$other/out"
run=
if [ "$(id -u)" = 0 ]; then
	chown 65534:65534 "$other/out"
	run='setpriv --reuid=65534 --regid=65534 --clear-groups'
fi
# shellcheck disable=SC2086 # words of a command
(cd / && umask 027 && $run "$other/rpzgen" build "$other/deepseek.yaml" -o "$other/out" -q) &&
	diff -r a "$other/out" && echo same
rm -rf "$other"
echo '## another machine goes on from the last published manifest'
mkdir published
cp a/manifest.json published
serial() { sed -n 's/.*"serial": \([0-9]*\).*/\1/p' "$1/manifest.json"; }
SOURCE_DATE_EPOCH=1767312000 "$RPZGEN" build zones/deepseek.yaml -o c -q --date 2026-01-01 \
	--previous published/manifest.json
[ "$(serial c)" = "$(serial a)" ] && cmp a/deepseek.rpz c/deepseek.rpz &&
	echo 'the same rules: the same serial and zone'
sed 's/high-flyer\.cn$/high-flyer.example/' zones/deepseek.yaml >changed.yaml
SOURCE_DATE_EPOCH=1700000000 "$RPZGEN" build changed.yaml -o d --date 2026-01-01 \
	--previous published/manifest.json -q
[ "$(serial d)" = $(($(serial a) + 1)) ] && echo 'other rules and a clock that is late: one more'
