"""What a quantity costs: the models of charging, exact and explained, without a database."""
