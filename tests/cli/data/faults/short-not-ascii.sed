s/short: Act 1/short: Zákon 1/
