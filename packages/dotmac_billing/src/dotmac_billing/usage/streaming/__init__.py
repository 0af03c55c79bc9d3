"""Taking in more events than fit into one transaction."""
