"""What Zalo needs of the running program: its account, tokens, books and contacts."""
