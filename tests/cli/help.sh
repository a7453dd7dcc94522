# SPDX-License-Identifier: BSD-3-Clause
# Help comes from the table of commands; what is not understood is exit 2 on standard error.
"$RPZGEN" help build
"$RPZGEN" build --help | head -1
"$RPZGEN" help nonsense
echo "exit $?"
"$RPZGEN" nonsense
echo "exit $?"
"$RPZGEN" 2>&1 | head -1
"$RPZGEN" 2>/dev/null
echo "exit $?"
"$RPZGEN" build
echo "exit $?"
"$RPZGEN" build --nonsense x
echo "exit $?"
"$RPZGEN" build x -o
echo "exit $?"
"$RPZGEN" check a b
echo "exit $?"
"$RPZGEN" --version >/dev/full
echo "exit $?"
echo '## standard output that is closed'
"$RPZGEN" --version >&-
echo "exit $?"
echo '## each command has an example'
commands=$("$RPZGEN" help | sed -n 's/^  \([a-z-]*\) .*/\1/p')
echo "$commands" | wc -l
for command in $commands; do
	"$RPZGEN" help "$command" | grep -q "^  rpzgen $command " || echo "$command has none"
done
