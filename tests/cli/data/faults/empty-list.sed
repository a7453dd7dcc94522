/^never:/,/reason:/d;$anever: []
