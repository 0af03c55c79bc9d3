"""The bill run: every period that is due, in chunks."""
