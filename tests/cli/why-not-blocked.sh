# SPDX-License-Identifier: BSD-3-Clause
# Every reason why a name is not blocked is told, with what it rests on.
why() {
	echo "## $1"
	shift
	"$RPZGEN" explain --inventory why.yaml "$@"
}
edit() { sed "$1" data/good.yaml >why.yaml; }
edit ''
why 'unverified: no rule takes it' maybe-sister.example
why 'a host of others, observed' cdn.vendor.example
why 'on the never list' models.example x.models.example
why 'not listed' www.other.example vendor.example
why 'the last day of the name is past' --date 2027-01-01 api.acme-cloud.example
why 'below an exact name' x.api.acme-cloud.example
why 'the profile observes' --profile public www.acme.example
why 'the basis is not yet in force' --date 2024-12-31 acme.example
edit 's/^            until: 2026-12-31/            from: 2026-06-01/'
why 'the first day of the name is to come' api.acme-cloud.example
edit 's/^    of: acme/&\n    since: 2026-06-01/'
why 'the relation begins later' xn--bcher-sister-dlb.example
edit 's/^    of: acme/&\n    until: 2025-12-31/'
why 'the relation has ended' xn--bcher-sister-dlb.example
edit 's/^    from: 2025-01-01/&\n    until: 2025-12-31/'
why 'the basis is no longer in force' acme.example
edit 's/^    text: Risk treatment/&\n    from: 2026-02-01/'
why 'the profile applies later' acme.example
edit 's/^    enabled: yes/    enabled: no/'
why 'the group of its relation is off' xn--bcher-sister-dlb.example
edit '/bücher-sister/,/confidence/s/exclusive: yes/exclusive: no/'
why 'not exclusive' xn--bcher-sister-dlb.example
edit 's/^    text: Risk treatment/&\n    overrides:\n'\
'      - name: docs.acme.example\n        action: passthru\n'\
'        owner: me\n        reason: research\n'\
'      - name: api.acme-cloud.example\n        action: none\n'\
'        owner: me\n        reason: mistake/'
why 'exempt by an override' docs.acme.example x.docs.acme.example api.acme-cloud.example
"$RPZGEN" explain --json --inventory why.yaml docs.acme.example maybe-sister.example \
	cdn.vendor.example \
	models.example www.other.example
edit 's/^    action: observe/&/;/^shared:/,/^never:/s/^    role:/    action: none\n&/'
why 'a host of others that is not counted' cdn.vendor.example
