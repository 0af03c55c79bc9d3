"""How a price becomes an amount: the charge models, pure and exact."""
