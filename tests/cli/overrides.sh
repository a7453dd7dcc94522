# SPDX-License-Identifier: BSD-3-Clause
# An override blocks only what is listed and in force, or what a feed names; what exempts, exempts.
with() { # NAME ACTION [EDIT]
	own="      - {name: $1, action: $2, owner: me, reason: r}"
	sed "s/^    text: Risk treatment/&\n    overrides:\n$own/${3:+;$3}" data/good.yaml
}
try() {
	echo "## $1"
	shift
	with "$@" >override.yaml
	[ ! -e feed.txt ] || printf 'feeds:\n  - {id: feed, title: A feed, file: feed.txt, '\
'form: domains,\n     action: nxdomain, basis: act}\n' >>override.yaml
	"$RPZGEN" check override.yaml --profile regulated 2>&1 | grep 'inv-override\|inv-unreach'
	"$RPZGEN" build -q override.yaml -o out 2>&1 | grep -v '^rpzgen: \|placeholder'
	[ ! -e out ] || grep '^\(\*\.\)\?\(www\|one\|competitor\)\.' out/demo.rpz
	rm -rf out
}
ended='/name: acme.example/s/.*/&\n            until: 2025-06-01/'
off='/affiliates/,$s/enabled: yes/enabled: no/'
try 'below a listed name' www.acme.example nodata
try 'whose last day is past' www.acme.example nodata "$ended"
try 'whose entity begins later' www.acme.example nodata \
	's/^    name: Acme Ltd./&\n    since: 2026-06-01/'
try 'whose group is on' www.bücher-sister.example nodata
try 'whose group is off' www.bücher-sister.example nodata "$off"
try 'in force, but without a rule of its own' www.acme.example nodata \
	'0,/^          - self$/{/^          - self$/d}'
try 'what exempts needs nothing' www.acme.example passthru "$ended"
for action in nxdomain nodata drop tcp-only passthru; do
	try "of a name that nothing lists: $action" competitor.example "$action"
done
printf 'one.example\n' >feed.txt
try 'of a name of a feed' one.example nodata
try 'below one' www.one.example nodata
try 'of a name in no feed' competitor.example nodata
try 'below a listed name that has ended, beside a feed' www.acme.example nodata "$ended"
printf 'www.acme.example\n' >feed.txt
try 'and in the feed' www.acme.example nodata "$ended"
