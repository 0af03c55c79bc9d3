"""The ways to reach a customer and its contacts."""
