# name-syntax
s/name: acme.example/name: xn--acme-.example/
