/path: acme.txt/d
