s/name: acme.example/name: github.com/;s/name: www.acme.example/name: www.github.com/;s/relation: self$/relation: parent\n    of: sister/;s/          - self$/          - self\n          - parent/
