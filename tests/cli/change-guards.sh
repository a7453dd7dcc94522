# SPDX-License-Identifier: BSD-3-Clause
# What changes too much against the last manifest is refused and leaves the old files; an
# exception lifts it until its day.
"$RPZGEN" build data/good.yaml -o out -q
cp -r out kept
echo '## a domain of relation self is gone'
sed '/name: acme.example/s/acme/emca/;s/www.acme/www.emca/' data/good.yaml >good.yaml
"$RPZGEN" build good.yaml -o out 2>&1
echo "exit $?"
diff -r out kept && echo 'nothing changed'
echo '## an exception with owner, reason and last day'
{
	cat good.yaml
	printf 'exceptions:\n  - guard: guard-apex-gone\n    name: acme.example\n'
	printf '    owner: me\n    reason: renamed\n    expires: 2026-01-20\n'
} >lifted.yaml
"$RPZGEN" build lifted.yaml -o out 2>&1
rm -r out
cp -r kept out
echo '## its last day, and the day after'
"$RPZGEN" build lifted.yaml -o out --date 2026-01-20 2>&1
rm -r out
cp -r kept out
"$RPZGEN" build lifted.yaml -o out --date 2026-01-21 2>&1
echo "exit $?"

# An inventory with that many exact names more.
more() {
	i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		cat <<-END
		          - name: n$i.acme-more.example
		            match: exact
		            exclusive: yes
		            confidence: probable
		            evidence:
		              - url: https://one.example/n
		                retrieved: 2025-01-02
		END
	done >more.txt
	sed '/^        names:/{
r more.txt
q
}' data/good.yaml >more.yaml
	sed '1,/^        names:/d' data/good.yaml >>more.yaml
}
more 95
"$RPZGEN" build more.yaml -o big
for n in 119 120 121; do
	cp -r big try
	more $n
	echo "## 100 rules before, $((n + 5)) now"
	"$RPZGEN" build more.yaml -o try 2>&1
	echo "exit $?"
	rm -r try
done
for n in 86 85 84; do
	cp -r big try
	more $n
	echo "## 100 rules before, $((n + 5)) now"
	"$RPZGEN" build more.yaml -o try 2>&1
	echo "exit $?"
	rm -r try
done
