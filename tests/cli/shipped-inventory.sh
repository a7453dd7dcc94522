# SPDX-License-Identifier: BSD-3-Clause
# The shipped inventories pass every check and guard without an exception, and for every profile.
"$RPZGEN" check zones/deepseek.yaml --date 2026-12-01 && echo passed
grep -c '^exceptions:' zones/deepseek.yaml
for profile in $(sed -n '/^profiles:/,/^[a-oq-z]/s/^  - id: //p' zones/deepseek.yaml); do
	"$RPZGEN" build zones/deepseek.yaml -o "$profile" --profile "$profile" -q
	owners=$(sed -n 's/ CNAME \.$//p' "$profile/deepseek.rpz" | paste -s -d ' ' -)
	echo "$profile: ${owners:-nothing}"
done
echo '## bypass'
"$RPZGEN" check zones/bypass.yaml --date 2026-12-01 && echo passed
grep -c '^exceptions:' zones/bypass.yaml
for profile in $(sed -n '/^profiles:/,/^[a-oq-z]/s/^  - id: //p' zones/bypass.yaml); do
	"$RPZGEN" build zones/bypass.yaml -o "$profile" --profile "$profile" --date 2026-12-01 -q
	sed -n "s/ CNAME /: /p" "$profile/bypass.rpz" | sed "s/^/$profile: /"
done
