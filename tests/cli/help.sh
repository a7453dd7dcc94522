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
