/^    of: acme$/d
