"""What staff writes about customers for each other."""
