"""Rates of exchange on the library surface."""
