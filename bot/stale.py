"""What a writer of the tables says where a decision rests on what is no longer so."""


class Stale(Exception):
    """What the job rests on has changed meanwhile: it was not written."""
