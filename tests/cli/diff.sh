# SPDX-License-Identifier: BSD-3-Clause
# diff shows the same difference whatever the notation of the two sides.
"$RPZGEN" build data/good.yaml -o a -q
sed 's/acme-cloud/acme-clouds/;s/^    text: Risk treatment/&\n    overrides:\n'\
'      - name: bücher-sister.example\n        action: passthru\n'\
'        owner: me\n        reason: none/' \
	data/good.yaml >new.yaml
"$RPZGEN" build new.yaml -o b -q
echo '## inventories'
"$RPZGEN" diff data/good.yaml new.yaml
echo '## the same in every mix'
# The changes of rules: what two inventories have besides follows their count.
rules() { grep -v -e '^    ' -e '^profile' | sed 's/ *(.*//;/^[0-9]* added/q'; }
"$RPZGEN" diff data/good.yaml new.yaml | rules >want
for before in data/good.yaml a/demo.rpz a/demo.policy a/manifest.json; do
	for after in new.yaml b/demo.rpz b/demo.policy b/manifest.json; do
		"$RPZGEN" diff "$before" "$after" | rules | diff want - && echo same
	done
done
echo '## Markdown'
"$RPZGEN" diff --markdown data/good.yaml new.yaml
echo '## JSON'
"$RPZGEN" diff --json a/manifest.json new.yaml
echo '## no difference'
"$RPZGEN" diff --exit-code a/demo.policy data/good.yaml
echo "exit $?"
"$RPZGEN" diff --exit-code a/demo.policy b/demo.policy >out
echo "exit $?"
echo '## observe rules'
"$RPZGEN" diff --profile public data/good.yaml a/demo.policy
echo '## faults'
mv b/demo.policy whole.policy
cp a/demo.policy b/demo.policy
"$RPZGEN" diff a/manifest.json b/manifest.json
echo "exit $?"
cp whole.policy b/demo.policy
echo x >>b/demo.policy
"$RPZGEN" diff a/demo.policy b/demo.policy
echo "exit $?"
"$RPZGEN" diff a/demo.policy missing
echo "exit $?"
"$RPZGEN" diff a/demo.policy
echo "exit $?"
"$RPZGEN" diff --from 2026-01-01 a/demo.policy data/good.yaml
echo "exit $?"
"$RPZGEN" diff --date 2026-01-01 --from 2026-01-01 data/good.yaml
echo "exit $?"
"$RPZGEN" diff --from 2026-01-02 --to 2026-01-01 data/good.yaml
echo "exit $?"
"$RPZGEN" diff --profile nobody data/good.yaml new.yaml
echo "exit $?"
echo '## nothing on what evidence, by which act, or until when shows as no change'
sed '0,/two.example/s/two.example/three.example/;s/confidence: probable/confidence: unverified/' \
	data/good.yaml | sed '0,/from: 2025-01-01/s//&\n    until: 2027-01-01/' >evidence.yaml
"$RPZGEN" diff data/good.yaml evidence.yaml
"$RPZGEN" diff --markdown data/good.yaml evidence.yaml
"$RPZGEN" diff --exit-code data/good.yaml evidence.yaml >/dev/null
echo "exit $?"
echo '## what an inventory does over time'
"$RPZGEN" diff --from 2024-12-31 --to 2025-06-01 data/good.yaml
"$RPZGEN" diff --json --from 2026-12-31 --profile regulated data/good.yaml
echo '## a profile that only one side has'
sed 's/id: public/id: other/' data/good.yaml >other.yaml
"$RPZGEN" diff --date 2026-01-01 data/good.yaml other.yaml
"$RPZGEN" diff --profile other data/good.yaml other.yaml
echo '## what images say of rules and of the policy'
sed 's/short: .*/short: Act 2/;0,/^  title: .*/s//  title: Other/' data/good.yaml >words.yaml
"$RPZGEN" build words.yaml -o c -q
"$RPZGEN" diff a/demo.policy c/demo.policy
"$RPZGEN" diff --markdown a/manifest.json c/demo.policy
"$RPZGEN" diff --json a/demo.policy c/demo.policy
"$RPZGEN" diff --exit-code data/good.yaml words.yaml
echo "exit $?"
echo '## how wildcards are read'
printf '%s\n' '$ORIGIN demo.rpz.' '$TTL 60' '@ SOA a. b. 1 1 1 1 1' '@ NS localhost.' \
	'*.a.example CNAME .' 'b.c.a.example CNAME rpz-passthru.' >wild
"$RPZGEN" compile -q wild -o cover.policy
"$RPZGEN" compile -q wild -o holes.policy --wildcards=rfc4592
"$RPZGEN" diff --exit-code cover.policy holes.policy
echo "exit $?"
"$RPZGEN" diff --exit-code holes.policy cover.policy
echo "exit $?"
"$RPZGEN" diff --exit-code wild holes.policy
echo "exit $?"
echo '## what clients are told, for how long, and what a manifest excepts'
cat >said.yaml <<'END'
    justification:
      - language: cs
        text: Zakázáno
      - language: en
        text: Forbidden
END
exception() {
	printf 'exceptions:\n  - {guard: guard-empty, owner: %s, reason: a reason, expires: %s}\n' \
		"$@"
}
sed '/^    short:/r said.yaml' data/good.yaml >told.yaml
exception J 2026-12-01 >>told.yaml
sed 's/valid-days: 35/valid-days: 30/;s/^  ttl: 30/&\n  beacon: yes/;s/Zakázáno/Blokováno/
	s/language: en/language: sk/;/^exceptions:/,$d' told.yaml >others.yaml
exception K 2026-11-01 >>others.yaml
"$RPZGEN" build -q told.yaml -o told
"$RPZGEN" build -q others.yaml -o others --previous told/manifest.json
"$RPZGEN" diff --exit-code told/manifest.json others/manifest.json
echo "exit $?"
"$RPZGEN" diff --markdown told/demo.policy others/demo.policy
"$RPZGEN" diff --json told/demo.policy others.yaml | sed -n '/"policy"/,$p'
"$RPZGEN" diff --exit-code told/manifest.json told.yaml
echo "exit $?"
"$RPZGEN" build -q told.yaml -o later --previous told/manifest.json
"$RPZGEN" diff --exit-code told/manifest.json later/manifest.json
echo "exit $?"
"$RPZGEN" dump --json others/demo.policy | head -1 | tr , '\n' |
	sed -n '/beacon/p;/justifications/,$p'
echo '## signs of Markdown'
printf '%s\n' '$ORIGIN demo.rpz.' '$TTL 60' '@ SOA a. b. 1 1 1 1 1' '@ NS localhost.' \
	'a|b.example CNAME .' 'c`d.example CNAME .' 'e\\|f*_g.example CNAME .' \
	'h.example CNAME .' >signs
"$RPZGEN" diff --markdown wild signs
echo '## which feed has a name, and which profile is the first'
cat >feeds.yaml <<'END'
feeds:
  - {id: one, title: One, file: one.txt, form: domains, match: exact, action: nxdomain,
     basis: act}
  - {id: two, title: Two, file: two.txt, form: domains, match: exact, action: nxdomain,
     basis: act}
END
mkdir f g
cat data/good.yaml feeds.yaml | tee f/i.yaml >g/i.yaml
printf '%s\n' a.feed.example b.feed.example | tee f/one.txt g/two.txt >/dev/null
printf '%s\n' c.feed.example | tee f/two.txt g/one.txt >/dev/null
"$RPZGEN" diff --exit-code --date 2026-01-01 f/i.yaml g/i.yaml
echo "exit $?"
sed -i '/title: One/s/One/First/' g/i.yaml
cp f/*.txt g
"$RPZGEN" diff --date 2026-01-01 f/i.yaml g/i.yaml
sed -n '/^  - id: public/,/action: observe/p' data/good.yaml >public
sed '/^  - id: public/,/action: observe/d' data/good.yaml | sed '/^profiles:/r public' >swapped.yaml
"$RPZGEN" diff --exit-code --date 2026-01-01 data/good.yaml swapped.yaml
echo "exit $?"
echo '## more days than are looked at'
for day in $(seq 10 28); do
	for month in 01 02 03 04; do
		echo "      - {name: n$month$day.example, action: passthru, owner: me," \
			"reason: none, until: 2027-$month-$day}"
	done
done >overrides
sed '/^    text: Risk treatment/{a\    overrides:
r overrides
}' data/good.yaml >days.yaml
"$RPZGEN" diff --profile regulated data/good.yaml days.yaml 2>err | sed -n '1p;$p'
grep diff-days err
"$RPZGEN" diff --from 2027-04-26 --profile regulated data/good.yaml days.yaml 2>/dev/null |
	grep -e '^+ n0428'
echo '## one change alone'
sed '0,/retrieved: 2025-01-02/s//retrieved: 2025-01-03/' data/good.yaml >one.yaml
"$RPZGEN" diff data/good.yaml one.yaml | tail -1
