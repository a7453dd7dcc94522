# inv-profile-rule
s/^          - probable$/          - unverified/
