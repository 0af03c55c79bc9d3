"""Customers who pay for others."""
