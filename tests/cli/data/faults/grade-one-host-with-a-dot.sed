# grade-evidence
s|https://two.example/b|https://www.one.example./b|
