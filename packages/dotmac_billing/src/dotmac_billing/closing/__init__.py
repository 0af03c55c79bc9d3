"""Months of the books that are closed."""
