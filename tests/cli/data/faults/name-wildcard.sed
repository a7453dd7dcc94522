# name-syntax
s/name: acme.example/name: '*.acme.example'/
