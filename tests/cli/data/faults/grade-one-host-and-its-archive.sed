# grade-evidence
s|https://two.example/b|https://web.archive.org/web/20250102030405id_/http://www.one.example/b|
