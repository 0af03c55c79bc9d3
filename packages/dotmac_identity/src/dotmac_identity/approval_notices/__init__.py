"""Telling people what a second person is asked to agree to, and what became of it."""
