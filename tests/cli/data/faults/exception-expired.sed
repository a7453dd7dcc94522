# exception-expired
$aexceptions:\n  - guard: guard-popular\n    name: github.com\n    owner: me\n    reason: none\n    expires: 2025-01-01
