"""Revenue metrics."""
