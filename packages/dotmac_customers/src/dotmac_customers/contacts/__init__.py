"""The people of a customer, and how they are reached."""
