# inv-bool
/bücher/,/confidence/s/exclusive: yes/exclusive: true/
