# SPDX-License-Identifier: BSD-3-Clause
# The shipped inventory passes every check and guard without an exception, and for every profile.
"$RPZGEN" check zones/deepseek.yaml && echo passed
grep -c '^exceptions:' zones/deepseek.yaml
for profile in regulated government persons-of-interest public; do
	"$RPZGEN" build zones/deepseek.yaml -o "$profile" --profile "$profile" -q
	echo "$profile: $(grep -c CNAME "$profile/deepseek.rpz") lines"
done
