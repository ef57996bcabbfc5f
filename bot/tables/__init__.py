"""What the tables hold, a subject each: read for a turn, written beside one."""
