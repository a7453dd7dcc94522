# yaml-syntax
s/^  ttl: 30/\tttl: 30/
