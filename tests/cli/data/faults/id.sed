# inv-id
s/id: acme$/id: Acme Ltd/;s/of: acme$/of: acme/
