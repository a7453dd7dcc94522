# grade-evidence
s|https://one.example/a|https://github.com/someone/lists/issues/1|
s|https://two.example/b|https://raw.githubusercontent.com/Someone/Lists/0123456789abcdef0123456789abcdef01234567/a|
