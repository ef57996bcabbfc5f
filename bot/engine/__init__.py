"""From the stored message to the sent letter: jobs, one writer, worker, sender, what is planned."""
