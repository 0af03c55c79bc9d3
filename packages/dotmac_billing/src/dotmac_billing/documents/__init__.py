"""Invoices as PDF and as EN 16931 e-invoices."""
