# guard-never
s/name: models.example/name: models.acme.example/
