s/relation: self/relation: slef/
