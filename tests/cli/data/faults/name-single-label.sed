s/name: www.acme.example/name: acme/
