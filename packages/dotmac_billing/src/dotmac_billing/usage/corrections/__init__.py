"""What events are worth after all."""
