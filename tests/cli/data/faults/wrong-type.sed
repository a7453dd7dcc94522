# inv-type
s/^  ttl: 30/  ttl:\n    - 30/
