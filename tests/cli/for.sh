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
0.0.0.0.0.rpz-ip CNAME .
0.zz.rpz-nsip CNAME .
80.zz.rpz-ip CNAME .
96.zz.rpz-ip CNAME .
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
# What is left out leaves holes, which the rules around it close.
grep '^[$@]' demo.rpz >holes.rpz
cat >>holes.rpz <<'EOF'
*.evil.example CNAME .
b.evil.example CNAME .
*.b.evil.example MX 1 bad_host.example.
*.a_b.evil.example A 192.0.2.1
x.a_b.evil.example CNAME .
*.c_d.example A 192.0.2.1
x.y.c_d.example CNAME .
EOF
"$RPZGEN" compile -q holes.rpz -o holes.policy
echo '## holes'
"$RPZGEN" dump --for=bind holes.policy 2>&1 | grep '^[^$@]'
# A zone without a name may get one of 64 octets from a server's settings.
sed '/ORIGIN/d' demo.rpz | grep '^[$@]' >nameless.rpz
for rest in 9 10; do
	printf '%s.%s.%s.%s CNAME .\n' "$(printf %059d 0)" "$(printf %059d 1)" "$(printf %059d 2)" \
		"$(printf "%0${rest}d" 3)"
done >>nameless.rpz
"$RPZGEN" compile -q nameless.rpz -o nameless.policy
"$RPZGEN" dump --for=bind nameless.policy 2>&1 | grep -o 'left out; .*\|0*3 CNAME'
"$RPZGEN" dump --for=dnsmasq demo.policy
"$RPZGEN" dump --json --for=bind demo.policy
