# guard-public-suffix
s/name: acme.example/name: com/;s/name: www.acme.example/name: www.com/
