"""What is charged, and the making of an invoice."""
