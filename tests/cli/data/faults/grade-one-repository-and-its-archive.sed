# grade-evidence
s|https://one.example/a|https://web.archive.org/web/2025/github.com/someone/lists|
s|https://two.example/b|https://raw.githubusercontent.com/someone/lists/0123456789abcdef0123456789abcdef01234567/a|
