"""Changing many customers at once."""
