# guard-shared
s/name: cdn.vendor.example/name: cdn.acme.example/
