"""A customer's own documents in the portal."""
