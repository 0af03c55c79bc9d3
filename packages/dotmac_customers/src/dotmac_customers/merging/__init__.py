"""Finding duplicates, and making one customer of two."""
