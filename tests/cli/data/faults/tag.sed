# yaml-tag
s/title: An act/title: !!str An act/
