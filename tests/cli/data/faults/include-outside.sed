# inv-include
$ainclude:\n  - ../other.yaml
