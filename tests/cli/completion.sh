# SPDX-License-Identifier: BSD-3-Clause
# What bash completes: commands, options of the command, words, files.
checkconf=${HRADBA_CHECKCONF:-$(dirname "$RPZGEN")/../module/hradba-checkconf}
"$RPZGEN" completion bash >rpzgen
"$checkconf" --completion bash >hradba-checkconf
touch image.policy
mkdir keys
cat >ask.bash <<'END'
. "./$1"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
"_${1//-/_}"
printf '%s\n' "${COMPREPLY[@]}" | sort | paste -s -d ' '
END
try() {
	echo "## $*<TAB>"
	bash ask.bash "$@"
}
try rpzgen compl
try rpzgen help ex
try rpzgen --v
try rpzgen explain --p
try rpzgen explain --policy im
try rpzgen compile zone --wildcards ''
try rpzgen export --form = d
try rpzgen export --form =
try rpzgen export --form=d
try rpzgen explain --policy = im
try rpzgen build --for ''
try rpzgen build --for unbound,k
try rpzgen keygen -o k
try rpzgen completion ''
try rpzgen check --date ''
try hradba-checkconf --u
try hradba-checkconf im
try hradba-checkconf --unbound-conf im
try hradba-checkconf --unbound-conf = im
try hradba-checkconf --completion ''
try hradba-checkconf --ask ''
for shell in zsh fish; do
	"$RPZGEN" completion $shell | head -1
	"$checkconf" --completion $shell | head -1
done
