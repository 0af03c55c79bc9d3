"""Standing checks of the books, and the figures of the whole."""
