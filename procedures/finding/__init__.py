"""From typed text to what speaks for each procedure: syllables, slips, words of the people, vectors. Pure."""
