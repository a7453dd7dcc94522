s/relation: self$/&\n    of: sister/
