"""Whether the tax numbers of buyers are good, and the proof that it was asked."""
