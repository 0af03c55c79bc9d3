"""Money received, and which invoices it pays."""
