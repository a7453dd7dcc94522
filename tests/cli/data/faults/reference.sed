s/of: acme$/of: acmee/
