s/^    confidence: confirmed/    confidence: probable/
