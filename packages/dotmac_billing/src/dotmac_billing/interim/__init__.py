"""Periods of which a part is billed while they are running."""
