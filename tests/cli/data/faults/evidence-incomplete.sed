# inv-evidence
/path: acme.txt/d
