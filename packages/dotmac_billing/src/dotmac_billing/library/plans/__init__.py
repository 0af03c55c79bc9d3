"""Plans in the founding words."""
