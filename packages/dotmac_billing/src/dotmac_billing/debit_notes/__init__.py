"""What is added to an issued invoice: an invoice of its own series that names it."""
