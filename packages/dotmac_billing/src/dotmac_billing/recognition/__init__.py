"""When revenue is earned."""
