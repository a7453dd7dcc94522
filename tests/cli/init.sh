# SPDX-License-Identifier: BSD-3-Clause
# init writes a small inventory that lacks its contact alone; zones/README.md shows the same.
"$RPZGEN" init house.yaml
echo "exit $?"
"$RPZGEN" check house.yaml 2>&1
echo "exit $?"
echo '## with a contact it builds, and blocks'
sed 's/mailto:REPLACE-ME@organisation.invalid/mailto:dns@hospital.example/' house.yaml >mended.yaml
"$RPZGEN" check mended.yaml 2>&1
"$RPZGEN" build -q mended.yaml -o out
"$RPZGEN" explain --policy out/house.policy transfer.acme.example
echo '## an existing file stays'
echo mine >mine.yaml
"$RPZGEN" init mine.yaml 2>&1
echo "exit $?"
cat mine.yaml
"$RPZGEN" init no/where.yaml 2>&1
echo "exit $?"
"$RPZGEN" init --json other.yaml
"$RPZGEN" init - | cmp - house.yaml && echo 'the same on standard output'
echo '## the page ends with it'
awk '/^```yaml$/ { on = 1; next } /^```$/ { on = 0 } on' zones/README.md >shown
cmp shown zones/minimal.yaml && echo 'the same in zones/README.md'
