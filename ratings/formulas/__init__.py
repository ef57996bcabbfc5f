"""What is computed besides shares and their intervals (``ratings/statistics.py``), each with its source. Pure."""
