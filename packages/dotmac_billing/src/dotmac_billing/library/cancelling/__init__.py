"""Ending subscriptions in the founding way."""
