# inv-profile-rule
/^        exclusive: yes$/d
