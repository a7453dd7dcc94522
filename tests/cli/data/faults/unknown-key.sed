# inv-unknown-key
s/^    title: Web site/    tilte: Web site/;s/        title: Web site/        tilte: Web site/
