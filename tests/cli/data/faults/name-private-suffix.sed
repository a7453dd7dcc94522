# guard-private-suffix
s/name: acme.example/name: github.io/;s/name: www.acme.example/name: www.github.io/
