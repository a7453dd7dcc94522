# inv-override
s/^    text: Risk treatment/&\n    overrides:\n      - name: www.acme.example\n        action: none\n        owner: me\n        reason: none/
