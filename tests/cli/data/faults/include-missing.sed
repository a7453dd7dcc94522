# file-unreadable
$ainclude:\n  - missing.yaml
