# guard-popular
s/name: bücher-sister.example/name: github.com/
