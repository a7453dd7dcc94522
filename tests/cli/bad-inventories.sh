# SPDX-License-Identifier: BSD-3-Clause
# One fault an inventory: one line with place, id and remedy, exit 1, nothing written. The first
# line of each edit is the id that it is for.
for edit in data/faults/*.sed; do
	name=$(basename "$edit" .sed)
	sed -f "$edit" data/good.yaml >good.yaml
	echo "## $name"
	"$RPZGEN" build good.yaml -o out --date 2026-01-01 >said 2>&1
	status=$?
	cat said
	echo "exit $status"
	grep -q "\[$(sed -n '1s/^# //p' "$edit")\]" said || echo "NOT REACHED: $(head -n 1 "$edit")"
	if [ -e out ]; then
		# Warnings only: the build went through.
		ls out
		rm -r out
	fi
done
