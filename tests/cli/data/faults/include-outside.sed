$ainclude:\n  - ../other.yaml
