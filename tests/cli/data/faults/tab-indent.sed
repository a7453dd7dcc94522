s/^  ttl: 60/\tttl: 60/
