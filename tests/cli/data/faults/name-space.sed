# name-syntax
s/name: acme.example/name: ac me.example/
