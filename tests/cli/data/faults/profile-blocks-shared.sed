/^        exclusive: yes$/d
