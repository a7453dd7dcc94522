# SPDX-License-Identifier: BSD-3-Clause
# What bash completes: commands, options of the command, words, files.
"$RPZGEN" completion bash >rpzgen.bash
touch image.policy
mkdir keys
cat >ask.bash <<'END'
. ./rpzgen.bash
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_rpzgen
printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' '
echo
END
try() {
	echo "## $*"
	bash ask.bash "$@"
}
try rpzgen compl
try rpzgen help ex
try rpzgen explain --p
try rpzgen explain --policy im
try rpzgen compile zone --wildcards ''
try rpzgen keygen -o k
try rpzgen completion ''
try rpzgen check --date ''
"$RPZGEN" completion zsh | head -1
"$RPZGEN" completion fish | head -1
