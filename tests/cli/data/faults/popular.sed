# guard-popular
s/name: acme.example/name: github.com/;s/name: www.acme.example/name: www.github.com/
/name: github.com/,/confidence/s/confidence: confirmed/confidence: probable/
