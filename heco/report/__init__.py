"""Step 6 of 6: pages. Knows results only."""
