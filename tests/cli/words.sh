# SPDX-License-Identifier: BSD-3-Clause
# What is typed wrong is answered with one line that says what would be right, and exit 2.
try() {
	echo "\$ rpzgen $*"
	"$RPZGEN" "$@" 2>&1
	echo "exit $?"
}
echo '## commands'
try chek x
try bild x
try zzz
try --json check x
try -v
try --nonsense
try help chek
try help check more
try version more
try --help check more
echo '## versions'
"$RPZGEN" --version | head -1
"$RPZGEN" -V | head -1
"$RPZGEN" version | head -1
"$RPZGEN" check --version | head -1
"$RPZGEN" --version | sed 's/[0-9][0-9.]*[^ ]*/N/'
echo '## options'
try check --profle x data/good.yaml
try check --pro x data/good.yaml
try check --json=yes data/good.yaml
try check -v data/good.yaml
try check --json --sarif data/good.yaml
try build data/good.yaml
try build data/good.yaml -o
try build data/good.yaml -o ''
try build data/good.yaml -o out --date 2026-13-01
try build data/good.yaml -o out --date today
try diff data/good.yaml --from 2026-02-30
try explain --inventory data/good.yaml --date 2026-06-31 acme.example
try build data/good.yaml -o out --profile reglated
try compile x -o y --wildcards cvoer
try compile x -o y --valid-days 0
try keygen -o keys --algorithm rsa
try diff data/good.yaml
try diff --json data/good.yaml
try explain data/good.yaml
try explain --policy x
try completion tcsh
echo '## files of another kind'
"$RPZGEN" build -q data/good.yaml -o out
printf '%s\n' 'policies:' '  - path: /var/lib/x.policy' 'state-dir: /var/lib/x' >hradba.yaml
printf '%s\n' '- name: a.example' '  owner: J. Doe' >allow.yaml
for file in out/demo.rpz out/demo.policy out/manifest.json hradba.yaml allow.yaml; do
	try check "$file"
	try build "$file" -o other
done
try dump out/demo.rpz
try dump data/good.yaml
try compile data/good.yaml -o x
try compile out/demo.policy -o x
try compile hradba.yaml -o x
try explain --policy out/demo.rpz a.example
try explain --policy data/good.yaml a.example
try explain --inventory out/demo.policy a.example
echo '## files that are not there'
printf '%s\n' a.example b.example >names.txt
try compile names.txt -o x
try diff data/good.yaml names.txt
try check --popular data/good.yaml data/good.yaml
try check --popular nowhere data/good.yaml
try build data/good.yaml -o x --previous data/good.yaml
try history out/demo.policy
try verify-log data/good.yaml
"$RPZGEN" keygen -o signing >/dev/null
try sign --keys signing/public out/demo.policy -o x
try sign --keys signing out/demo.policy -o x
try verify --anchor signing/private out/demo.policy
try verify --anchor signing/public out/demo.policy
for command in 'check nowhere' 'build nowhere -o x' 'compile nowhere -o x' 'dump nowhere' \
	'diff nowhere data/good.yaml' 'explain --policy nowhere x' \
	'explain --inventory nowhere x' 'verify --anchor . nowhere' 'verify --anchor nowhere x' \
	'sign --keys . nowhere -o x' 'build data/good.yaml -o x --previous nowhere'; do
	# shellcheck disable=SC2086 # words
	try $command
done
try sign --keys keys data/good.yaml -o x
try verify --anchor . hradba.yaml
try check --live --since nowhere data/good.yaml
try check --live --since data/good.yaml data/good.yaml
try check --live --record nowhere/x data/good.yaml
try sign --keys signing/private out/demo.policy -o x --expiry 2026-12-31
echo '## an option that would have no effect is told'
for command in 'explain --policy out/demo.policy --date 2026-01-01 acme.example' \
	'explain --policy out/demo.policy --profile public acme.example' \
	'explain --policy out/demo.policy --cache x acme.example' \
	'diff out/demo.policy out/demo.rpz --profile public' \
	'diff out/demo.policy out/manifest.json --date 2026-01-01' \
	'diff data/good.yaml out/demo.policy --origin demo.rpz' \
	'diff out/demo.policy out/demo.policy --markdown --json' \
	'sign --keys signing/private out/demo.policy -o x --valid-days 9' \
	'sign --keys signing/private out/demo.policy -o x --serial 9' \
	'sign --keys signing/private out/demo.policy -o x --previous out/demo.policy' \
	'sign --keys signing/private out/manifest.json -o x --origin demo.rpz' \
	'sign --keys signing/private out/manifest.json -o x --key-ttl 9'; do
	# shellcheck disable=SC2086 # words
	try $command
done
touch file
try explain --policy . a.example
try build data/good.yaml -o /proc/x
try build data/good.yaml -o file
try build data/good.yaml -o file/x
try compile out/demo.rpz -o nowhere/x
ls -A x other 2>/dev/null
true
echo '## more options than a command line takes'
servers=$(seq 65 | sed 's/^/--server 127.0.0.1#/')
# shellcheck disable=SC2086 # words
"$RPZGEN" probe --inventory data/good.yaml $servers 2>&1
echo "exit $?"
# shellcheck disable=SC2046 # words
"$RPZGEN" build data/good.yaml -o out $(seq 65 | sed 's/.*/--change-profile/') 2>&1
echo "exit $?"
echo '## addresses that nothing can be pulled from'
for url in bogus https://feeds.example https://feeds.example/ https://feeds.example/a/ \
	ftp://feeds.example/manifest.json https://me:secret@feeds.example/manifest.json; do
	try pull --anchor keys --install pulled "$url"
done
try pull --anchor keys --install pulled https://feeds.example/manifest.json mirror
test -e pulled || echo 'nothing is made'
