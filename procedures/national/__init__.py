"""What others decide: the national list, its detail pages, and what is asked for but not here."""
