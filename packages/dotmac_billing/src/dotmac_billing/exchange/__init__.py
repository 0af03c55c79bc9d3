"""Rates of exchange: what money of one currency is in another on a day."""
