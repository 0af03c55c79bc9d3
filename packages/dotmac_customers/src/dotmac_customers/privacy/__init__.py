"""Who sees what is private."""
