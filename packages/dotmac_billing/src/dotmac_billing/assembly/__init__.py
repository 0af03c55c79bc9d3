"""What is due, put together: from items, usage, waiting lines, discounts and tax to an invoice."""
