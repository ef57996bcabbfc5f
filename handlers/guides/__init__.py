"""From a few taps to one's own list of papers: chosen, ticked off, printed, passed on."""
