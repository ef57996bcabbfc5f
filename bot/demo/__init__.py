"""The demonstration: what a fictional province did in half a year, and how it gets into the tables."""
