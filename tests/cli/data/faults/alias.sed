s/title: An act/title: *other/
