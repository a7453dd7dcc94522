s#name: acme.example#name: https://acme.example/#
