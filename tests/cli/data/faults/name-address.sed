# name-address
s/name: acme.example/name: 192.0.2.1/
