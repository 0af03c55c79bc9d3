"""Taking back changes that are scheduled."""
