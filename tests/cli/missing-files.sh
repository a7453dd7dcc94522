# SPDX-License-Identifier: BSD-3-Clause
# A file that is not there ends with 3 in every command and with every option that reads one, and
# what it would be made in is not made.
"$RPZGEN" build -q data/good.yaml -o out
"$RPZGEN" keygen -q -o keys --zone demo.rpz >/dev/null
"$RPZGEN" keygen -q --log-key log.key >/dev/null
"$RPZGEN" sign -q --keys keys/private out/demo.rpz -o signed.rpz
tried=' completion init '
try() {
	"$RPZGEN" "$@" >output 2>&1 </dev/null
	status=$?
	[ $status = 3 ] || echo "exit $status: rpzgen $*"
	[ "$(grep -c ': error: ' output)" -ge 1 ] || echo "no error: rpzgen $*"
	"$RPZGEN" "$@" --json >output 2>/dev/null </dev/null
	status=$?
	[ $status = 3 ] || echo "exit $status: rpzgen $* --json"
	tried="$tried$1 "
}
try build none -o x
try build data/good.yaml -o x --previous none
try build data/good.yaml -o x --popular none
try build data/good.yaml -o none/x
try check none
try check data/good.yaml --popular none
try compile none -o x
try compile out/demo.rpz -o none/x
try compile out/demo.rpz -o x --companion none/x
try diff --from 2026-01-01 none
try diff none data/good.yaml
try diff data/good.yaml none
try dump none
try explain --policy none x.example
try explain --inventory none x.example
try export --form domains none -o x
try export --form domains data/good.yaml -o none/x
try export --form trust-anchors --live none data/good.yaml -o x
try keygen -o none/x
try keygen --log-key none/x
try keygen --pseudonym-key none/x
try sign --keys keys/private none -o x
try sign --keys none out/demo.rpz -o x
try sign --keys keys/private out/demo.rpz -o none/x
try sign --keys keys/private out/demo.rpz -o x --previous none
try verify --anchor keys/public none
try verify --anchor none signed.rpz
try verify --time 1767225600 --anchor keys/public signed.rpz -o none/x
try verify --time 1767225600 --anchor keys/public --install none/x signed.rpz
try verify --install none --rollback
try pull --anchor none --install x https://127.0.0.1:1/x
try pull --anchor keys/public --install x --ca-file none https://127.0.0.1:1/x
try history none
try history --anchor none data
try history --inventory none data
try probe --inventory none --server 127.0.0.1#1
try probe --inventory data/good.yaml --servers none
try probe --inventory data/good.yaml --server 127.0.0.1#1 --manifest none
try why x.example --server 127.0.0.1#1@x.example --ca none
try verify-log none
try verify-log --key none data/good.yaml
try verify-log --shipped none data/good.yaml
try reveal --key none 192.0.2.1
"$RPZGEN" help | sed -n 's/^  \([a-z][a-z-]*\)  *[a-z].*/\1/p' | while read -r command; do
	case $tried in
	*" $command "*) ;;
	*) echo "no file is tried: $command" ;;
	esac
done
[ ! -e none ] || echo "something was made: none"
