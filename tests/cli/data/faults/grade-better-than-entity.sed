# grade-lowest
s/^    confidence: confirmed/    confidence: probable/
