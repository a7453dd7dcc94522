$a---\nformat: 1
