# inv-date-order
s/until: 2026-12-31/from: 2027-01-01\n            until: 2026-12-31/
