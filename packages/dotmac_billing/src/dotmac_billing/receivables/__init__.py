"""Issued invoices as they stand for ever, and what is still owed on them."""
