# guard-public-suffix
s/name: acme.example/name: co.uk/;s/name: www.acme.example/name: www.co.uk/
