"""A customer's own addresses in the portal."""
