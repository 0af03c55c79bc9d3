"""A customer's own addresses and numbers, verified in the portal."""
