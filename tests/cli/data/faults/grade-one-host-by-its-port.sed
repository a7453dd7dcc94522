# grade-evidence
s|https://two.example/b|https://ONE.example:443/b|
