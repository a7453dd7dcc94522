# inv-relation
/^    of: acme$/d
