"""Changing and removing many customers, each in its own way."""
