"""A few questions that lead to the case of a procedure that is one's own."""
