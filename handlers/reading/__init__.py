"""How what a citizen typed is read: masks at the door, wishes, picks, yes and no. Pure."""
