"""What meters there are."""
