"""The library surface's side that faces the embedding program."""
