# name-single-label
s/name: www.acme.example/name: acme/
