/^    issuer:/d
