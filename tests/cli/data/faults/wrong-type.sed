s/^  ttl: 60/  ttl:\n    - 60/
