# SPDX-License-Identifier: BSD-3-Clause
# A zone with every trigger and action goes into an image, out of it, and into the same image again.
"$RPZGEN" compile data/every-rule.rpz -o a.policy --companion companion.rpz
echo "exit $?"
"$RPZGEN" dump a.policy >a.rpz
cat a.rpz
echo '## the digest of the lines is that of the image'
sed -n 's/^; rule digest: //p' a.rpz
grep -v '^[;$@]' a.rpz | b2sum -l 256 | cut -d' ' -f1
echo '## again, from standard input to standard output'
"$RPZGEN" compile - -o - <a.rpz >b.policy
cmp a.policy b.policy && echo 'the same octets'
"$RPZGEN" dump - <b.policy | cmp - a.rpz && echo 'the same lines'
echo '## the companion zone'
cat companion.rpz
"$RPZGEN" compile companion.rpz -o companion.policy
ls
