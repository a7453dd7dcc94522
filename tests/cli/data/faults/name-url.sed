# name-syntax
s#name: acme.example#name: https://acme.example/#
