# inv-relation
s/relation: self$/&\n    of: sister/
