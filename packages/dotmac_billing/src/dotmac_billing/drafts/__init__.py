"""Invoices that are written by hand, before they are issued."""
