# inv-word
s/relation: self/relation: slef/
