"""Invoices as records, and what can be done with them."""
