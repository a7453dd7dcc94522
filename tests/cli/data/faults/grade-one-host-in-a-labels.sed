# grade-evidence
s|https://one.example/a|https://bücher.example/a|
s|https://two.example/b|https://xn--bcher-kva.example/b|
