"""A question about a procedure: answered, asked back, gone on with, or honestly refused."""
