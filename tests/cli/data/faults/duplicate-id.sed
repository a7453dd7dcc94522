s/id: sister$/id: acme/
