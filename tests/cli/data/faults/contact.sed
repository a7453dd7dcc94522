# inv-form
s/mailto:dns@example.org/dns@example.org/
