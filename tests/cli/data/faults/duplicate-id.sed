# inv-duplicate-id
s/id: sister$/id: acme/
