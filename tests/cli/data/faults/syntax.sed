s/^policy:/policy: [/
