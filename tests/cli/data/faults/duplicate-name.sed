# inv-duplicate-name
s/name: api.acme-cloud.example/name: acme.example/
