"""What was taxed in a period, for returns."""
