"""Step 2 of 6: words, what the author wrote, checked but not computed."""
