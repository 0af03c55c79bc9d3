"""Conditions on customers, as JSON and as SQL."""
