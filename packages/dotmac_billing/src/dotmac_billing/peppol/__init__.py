"""Sending documents through the Peppol network, and knowing what became of them."""
