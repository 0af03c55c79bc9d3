"""Usage as records."""
