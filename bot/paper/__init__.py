"""What is printed: sheets, letters, slips, with their templates and fonts."""
