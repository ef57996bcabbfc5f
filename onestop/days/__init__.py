"""Working days, days of rest, what the law gives a dossier, how long they take, and whether one was in time."""
