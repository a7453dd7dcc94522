# inv-include
$ainclude:\n  - good.yaml
