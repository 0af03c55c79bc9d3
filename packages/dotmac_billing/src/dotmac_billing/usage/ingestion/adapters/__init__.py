"""What a process remembers between calls."""
