# inv-number
s/^  ttl: 30/  ttl: 86401/
