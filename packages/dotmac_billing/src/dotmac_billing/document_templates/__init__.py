"""Keeping the looks that documents have."""
