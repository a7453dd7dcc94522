s/^  ttl: 60/  ttl: 86401/
