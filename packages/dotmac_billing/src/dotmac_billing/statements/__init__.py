"""What happened between a customer and the tenant in a period, as the books have it."""
