# inv-reference
s/of: acme$/of: acmee/
