"""Bringing customers in from a file, and taking that back."""
