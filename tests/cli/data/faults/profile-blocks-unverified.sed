s/^          - probable$/          - unverified/
