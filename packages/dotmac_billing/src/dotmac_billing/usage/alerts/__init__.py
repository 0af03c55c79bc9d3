"""Telling when usage reaches a threshold."""
