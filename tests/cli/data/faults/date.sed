# inv-date
s/date: 2025-01-01/date: 2025-02-30/
