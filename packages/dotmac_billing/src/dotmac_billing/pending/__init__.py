"""Lines that wait for the next invoice."""
