"""Meters, usage events and what they add up to."""
