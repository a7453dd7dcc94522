s/name: acme.example/name: ./
