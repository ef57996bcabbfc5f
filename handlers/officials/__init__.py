"""What officials do in chat: reports, the morning's list, local values, letters, what was not understood."""
