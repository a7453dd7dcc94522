# SPDX-License-Identifier: BSD-3-Clause
# Some editors put U+FEFF in front of UTF-8. Whatever reads text says the same with and without it.
same() {
	title=$1
	shift
	"$@" <input >plain 2>&1
	echo "exit $?" >>plain
	{ printf '\357\273\277' && cat input; } >marked && mv marked input
	"$@" <input >marked 2>&1
	echo "exit $?" >>marked
	if cmp plain marked; then
		echo "$title: the same, $(tail -n 1 plain)"
	fi
}
build() {
	rm -rf out
	"$RPZGEN" build "$@" -o out --date 2026-01-01
}
feeds() {
	cat data/good.yaml - <<EOT
feeds:
  - {id: feed, title: A feed, file: $1, form: $2, basis: act${3-}}
EOT
}
echo 'xn--bcher-sister-dlb.example' >input
same 'popular names' build data/good.yaml --popular input
printf '%s\n' '1,xn--bcher-sister-dlb.example' '2,other.example' >input
same 'ranked names' build data/good.yaml --popular input
cat >zone <<'EOT'
$ORIGIN rpz.example.
@ 60 SOA a. b. 1 1 1 1 1
@ NS a.
listed.example CNAME .
EOT
compile() { "$RPZGEN" compile zone -o zone.policy "$@"; }
echo 'listed.example' >input
same 'never names' compile --guards=refuse --never input
echo 'listed.example' >input
same 'names that must resolve' compile --guards=refuse --must-resolve input
cp zone input
same 'a zone' "$RPZGEN" compile -o zone.policy --strict input
cp data/good.yaml input
same 'an inventory' build input
printf '%s\n' one.example two.example >input
feeds input domains ', action: nxdomain' >feed.yaml
same 'a feed' build feed.yaml
cp zone input
feeds input rpz >feed.yaml
same 'a feed that is a zone' build feed.yaml
printf '%s\n' one.example two.example >names
feeds names domains ', action: nxdomain, allow-file: input' >feed.yaml
echo one.example >input
same 'names that a feed shall not block' build feed.yaml
printf '%s\n' acme.example www.acme.example >input
same 'names to explain' "$RPZGEN" explain --inventory data/good.yaml --date 2026-01-01 -
"$RPZGEN" keygen -q -o keys
{ printf '\357\273\277' && cat keys/public/policy.pub; } >marked.pub
"$RPZGEN" compile -q zone -o plain.policy
"$RPZGEN" sign -q -k keys/private plain.policy -o signed.policy
"$RPZGEN" verify -q --time "$SOURCE_DATE_EPOCH" -a marked.pub signed.policy &&
	echo 'a public key: taken'
echo 'ns..example' >input
same 'servers to ask' "$RPZGEN" probe --inventory data/good.yaml --servers input
key=0123456789abcdeffedcba98765432101032547698badcfeefcdab8967452301
echo "hradba-pseudonym-key-1 $key" >site.key
chmod 600 site.key
echo 192.0.2.1 >input
same 'addresses to reveal' "$RPZGEN" reveal --key site.key -
echo '## the module'
here=$(pwd)
umask 022
chmod 755 .
mkdir state
"$RPZGEN" build -q data/good.yaml -o policy --date 2026-01-01
printf -- '- {name: acme.example, owner: me, reason: r, until: 2026-12-31}\n' >list.yaml
cat >settings.yaml <<EOT
policies: [{path: $here/policy/demo.policy}]
state-dir: $here/state
local-allow: $here/allow.yaml
EOT
checkconf=${HRADBA_CHECKCONF:-$(dirname "$RPZGEN")/../module/hradba-checkconf}
cp list.yaml input
cp list.yaml allow.yaml
judge() {
	cp input "$1"
	"$checkconf" settings.yaml --ask www.acme.example --at 2026-01-02
}
same 'an allow list' judge allow.yaml
cp settings.yaml input
same 'settings' judge settings.yaml
