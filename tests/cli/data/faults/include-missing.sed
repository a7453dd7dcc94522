$ainclude:\n  - missing.yaml
