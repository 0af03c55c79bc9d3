"""A file of customers taken in from beginning to end, without a person in between."""
