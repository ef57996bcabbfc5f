"""What citizens hold in hand: receipts and result slips, their tokens, and who prints them."""
