"""What citizens think of a result: invited, one to five stars, why, in a few taps."""
