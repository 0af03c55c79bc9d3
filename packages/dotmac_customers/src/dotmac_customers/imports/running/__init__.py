"""An import under way: what its file would bring, and bringing it."""
