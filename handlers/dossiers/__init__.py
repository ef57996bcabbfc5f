"""A dossier of one's own: proved, shown, followed, called by a name; what is told of it and when."""
