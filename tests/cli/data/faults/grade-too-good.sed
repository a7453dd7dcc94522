# grade-evidence
s/url: https:..two.example.b/url: https:\/\/one.example\/b/
