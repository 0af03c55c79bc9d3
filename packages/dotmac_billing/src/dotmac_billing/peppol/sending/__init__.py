"""Handing documents to the access point, and asking it what became of them."""
