# inv-form
s/short: Act 1/short: Zákon, jehož zkrácený název se do odpovědi DNS ani takto nevejde/
