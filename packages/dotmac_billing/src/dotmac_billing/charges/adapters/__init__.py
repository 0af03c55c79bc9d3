"""Charge models from outside."""
