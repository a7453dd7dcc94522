# inv-redundant
s/name: api.acme-cloud.example/name: api.acme.example/
