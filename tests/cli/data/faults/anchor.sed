# yaml-anchor
s/title: An act/title: \&a An act/
