"""Other quantities, prices, add-ons and plans for a subscription that runs."""
