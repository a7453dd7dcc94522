$ainclude:\n  - good.yaml
