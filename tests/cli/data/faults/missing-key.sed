# inv-missing-key
/^    issuer:/d
