"""Payments through a gateway, and payments as records."""
