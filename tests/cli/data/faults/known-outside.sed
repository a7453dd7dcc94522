# inv-known-outside
s/name: www.acme.example/name: www.other.example/
