# guard-root
s/name: acme.example/name: ./
