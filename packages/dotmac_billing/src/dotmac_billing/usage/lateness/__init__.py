"""Usage that came when its day had been billed."""
