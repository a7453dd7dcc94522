# name-idna
s/name: acme.example/name: ac☃me.example/
