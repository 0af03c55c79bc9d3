"""Which taxes a line bears, and how they are rounded."""
