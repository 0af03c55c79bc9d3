"""Room for events to come, and the end of old ones."""
