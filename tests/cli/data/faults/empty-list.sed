# inv-empty
/^never:/,/reason:/d;$anever: []
