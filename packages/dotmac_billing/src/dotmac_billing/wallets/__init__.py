"""Credit bought or granted ahead."""
