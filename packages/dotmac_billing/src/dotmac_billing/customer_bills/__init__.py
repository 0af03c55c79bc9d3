"""Billing one customer at once, without waiting for the bill run."""
