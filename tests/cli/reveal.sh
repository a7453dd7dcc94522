# SPDX-License-Identifier: BSD-3-Clause
# A pseudonym is turned back by its key alone; key files are made once, for their owner alone.
key() {
	echo "hradba-pseudonym-key-1 $1" >"$2" && chmod 600 "$2"
}
key 0123456789abcdeffedcba98765432101032547698badcfeefcdab8967452301 site.key
"$RPZGEN" reveal --key site.key 100.115.72.131 c180:5dd4:2587:3524:30ab:fa65:6ab6:f88
echo 94.185.169.89 | "$RPZGEN" reveal --key site.key -
"$RPZGEN" reveal --hide --key site.key 192.0.2.1
"$RPZGEN" reveal --key site.key nonsense 192.0.2.0/24
echo "exit $?"
"$RPZGEN" reveal 192.0.2.1
echo "exit $?"
chmod 640 site.key
"$RPZGEN" reveal --key site.key 192.0.2.1
echo "exit $?"
key "$(printf %032d 0)" short.key
"$RPZGEN" reveal --key short.key 192.0.2.1
echo "exit $?"
key "$(printf %064d 0)" same.key
"$RPZGEN" reveal --key same.key 192.0.2.1
echo "exit $?"
"$RPZGEN" keygen --pseudonym-key new.key
stat -c %a new.key
"$RPZGEN" keygen --pseudonym-key new.key
echo "exit $?"
ln -s new.key link.key
"$RPZGEN" reveal --key link.key 192.0.2.1
echo "exit $?"
"$RPZGEN" keygen --quiet --log-key new.log
"$RPZGEN" reveal --key new.log 192.0.2.1
echo "exit $?"
"$RPZGEN" keygen --log-key a -o b
echo "exit $?"
hidden=$("$RPZGEN" reveal --hide --key new.key 2001:db8::1 | cut -d' ' -f2)
"$RPZGEN" reveal --key new.key "$hidden" | cut -d' ' -f2
