# inv-override
s/^    text: Risk treatment/&\n    overrides:\n      - name: maybe-sister.example\n        action: nxdomain\n        owner: me\n        reason: none/
