"""What officials taught the search, and whose answer changes by it."""
