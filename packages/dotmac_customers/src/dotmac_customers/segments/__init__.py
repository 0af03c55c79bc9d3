"""Named lists of customers."""
