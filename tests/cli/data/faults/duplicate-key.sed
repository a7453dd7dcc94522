# yaml-duplicate-key
s/^  ttl: 30/&\n  ttl: 61/
