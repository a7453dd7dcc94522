# inv-missing-key
/^    short:/a\    justification:\n      - language: cs
