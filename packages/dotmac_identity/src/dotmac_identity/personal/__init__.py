"""What this package knows about a person, to be taken away or forgotten."""
