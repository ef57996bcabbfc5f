"""A one-stop system to try and test with: a seeded province on a clock, its dirt and its faults."""
