# inv-unreachable
s/^    text: Risk treatment/&\n    overrides:\n      - name: nowhere.example\n        action: passthru\n        owner: me\n        reason: none/
