s/^  ttl: 60/&\n  ttl: 61/
