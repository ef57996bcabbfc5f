"""Where a digest's records come from: the tables, and files of what was handed over or collected elsewhere."""
