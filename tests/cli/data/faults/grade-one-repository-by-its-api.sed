# grade-evidence
s|https://one.example/a|https://github.com/someone/lists/issues/1|
s|https://two.example/b|https://api.github.com/repos/Someone/lists/issues/1|
