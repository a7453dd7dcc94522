# yaml-syntax
s/^policy:/policy: [/
