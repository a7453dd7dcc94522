# SPDX-License-Identifier: BSD-3-Clause
# dump --for leaves out what a resolver cannot express, and says so.
cat >demo.rpz <<'EOF'
$ORIGIN demo.rpz.
$TTL 60
@ SOA localhost. dns.example.org. 1 3600 600 86400 60
@ NS localhost.
one.example CNAME .
ns.one.example.rpz-nsdname CNAME rpz-tcp-only.
*.walled.example CNAME garden.walled.example.
under_score.example A 192.0.2.1
24.0.0.0.10.rpz-client-ip CNAME rpz-drop.
mail.example MX 10 bad_host.example.
phone.example NAPTR 1 1 "u" "E2U+sip" "!^.*$!sip:x@x.example!" .
a_b.example TYPE11 \# 5 c000020106
service.example HTTPS 1 . alpn=h2
EOF
"$RPZGEN" compile -q demo.rpz -o demo.policy
for resolver in unbound bind recursor knot5 knot6; do
	echo "## $resolver"
	"$RPZGEN" dump --for="$resolver" demo.policy 2>&1 | grep -v '^; [^l]\|^\$\|^@'
done
"$RPZGEN" dump --for=dnsmasq demo.policy
"$RPZGEN" dump --json --for=bind demo.policy
