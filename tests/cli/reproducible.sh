# SPDX-License-Identifier: BSD-3-Clause
# The same inputs give the same octets in another directory, locale, time zone and with another umask.
"$RPZGEN" build zones/deepseek.yaml -o a -q
mkdir elsewhere
cp zones/deepseek.yaml elsewhere/inventory.yaml
(
	cd elsewhere
	umask 077
	LC_ALL=C TZ=Pacific/Auckland "$RPZGEN" build inventory.yaml -o ../b -q
)
diff -r a b && echo same
