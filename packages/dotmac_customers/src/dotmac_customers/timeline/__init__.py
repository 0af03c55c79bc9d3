"""All that happened to a customer."""
