# SPDX-License-Identifier: BSD-3-Clause
# One run tells every mistake, sorted by place, each with what to do about it.
"$RPZGEN" check data/many-mistakes.yaml
echo "exit $?"
echo '## after the key that is there twice is gone'
sed '/valid-days: 36/d' data/many-mistakes.yaml >mistakes.yaml
"$RPZGEN" check mistakes.yaml
echo "exit $?"
"$RPZGEN" check mistakes.yaml 2>&1 | grep -o '\[[a-z-]*\]$' | sort -u | wc -l
