"""Taking back what an import brought."""
