# SPDX-License-Identifier: BSD-3-Clause
# rpzgen(1) has every command, and within it every option; prints what it lacks.
src=$(cd -P data && cd ../../.. && pwd)
"$RPZGEN" completion bash >completion
sed -n 's/^\t\([a-z-]*\))$/\1/p' completion >commands
[ "$(wc -l <commands)" -gt 9 ] || echo 'too few commands found'
# The part of the manual that is about command $1, or about all.
part() {
	sed -n "/^\.Ss $1\$/,/^\.S[sh] /p" "$src/doc/rpzgen.1"
	sed -n '/^\.Sh DESCRIPTION/,/^\.Sh COMMANDS/p' "$src/doc/rpzgen.1"
}
while read -r command; do
	part "$command" >part
	grep -q "^.Cm $command\$" part || echo "rpzgen(1) lacks the command $command"
	sed -n "/^\t$command)\$/,/options=/s/.*options='\(.*\)'/\1/p" completion | tr ' ' '\n' |
		grep '^--' | while read -r option; do
		grep -q -e "Fl ${option#-}\( \|\$\)" part ||
			echo "rpzgen(1) lacks $option of $command"
	done
	"$RPZGEN" help "$command" | sed -n 's/^  -\([a-z]\), --.*/\1/p' | while read -r letter; do
		grep -q -e "Fl $letter\( \|\$\)" part || echo "rpzgen(1) lacks -$letter of $command"
	done
done <commands
