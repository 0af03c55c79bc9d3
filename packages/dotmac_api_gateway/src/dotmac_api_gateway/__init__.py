"""One HTTP application from a list of modules."""
