"""The pricing playground: what a plan would cost, worked out and not written."""
