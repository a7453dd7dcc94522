# inv-form
/^    short:/a\    justification:\n      - language: Czech\n        text: Zakazano
