"""Subscriptions as records."""
