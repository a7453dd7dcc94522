# guard-unknown
$aexceptions:\n  - guard: guard-poplar\n    owner: me\n    reason: none\n    expires: 2027-01-01
