"""Handing a subscription over to another customer."""
