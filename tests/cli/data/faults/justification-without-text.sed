/^    short:/a\    justification:\n      - language: cs
