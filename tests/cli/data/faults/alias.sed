# yaml-alias
s/title: An act/title: *other/
