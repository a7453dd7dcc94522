# guard-never
s/name: models.example/name: acme-cloud.example/
