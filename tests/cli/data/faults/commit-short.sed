# inv-form
s/commit: .*/commit: 0123abc/
