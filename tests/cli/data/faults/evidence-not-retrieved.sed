/acme.txt/,/retrieved/{/retrieved/d}
