"""Payers as records."""
