"""Paid credit: invoiced by hand or by itself, or out of a payment."""
