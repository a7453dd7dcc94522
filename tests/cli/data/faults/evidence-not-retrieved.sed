# inv-evidence
/acme.txt/,/retrieved/{/retrieved/d}
