"""People ask for their data, or to be forgotten."""
